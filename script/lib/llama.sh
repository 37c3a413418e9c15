# shellcheck shell=bash
# llama-cpp-python comes as source: it is built once, and its wheel and its source stay in the cache folder.

LLAMA_VERSION="$(pinned_version llama-cpp-python llama.txt)"
# The source holds llama.cpp's converters, which training uses.
LLAMA_SOURCE="$CACHE/llama-cpp-python-$LLAMA_VERSION"
LLAMA_WHEELS="$CACHE/wheels/llama-cpp-python-$LLAMA_VERSION-$(uname -m)"
# Not native: code for this very processor dies of an illegal instruction where a virtual machine hides part of it.
# Without the parts for pictures and sound the build takes half as long.
LLAMA_CMAKE_ARGS="-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF"

# Prints the path of the built wheel; fails if there is none.
llama_wheel() { find "$LLAMA_WHEELS" -name '*.whl' -print -quit 2>/dev/null | grep .; }

is_llama_ready() { [[ -d "$LLAMA_SOURCE" ]] && llama_wheel >/dev/null; }

check_compiler() {
  command -v c++ >/dev/null ||
    fail "there is no C++ compiler: install one (Debian: apt install build-essential)."
}

fetch_llama_source() {
  local new="$LLAMA_SOURCE.new"
  rm -rf "$new" "$new.sdist"
  mkdir -p "$new"
  "$TOOLS/bin/python" -m pip download --no-deps --no-binary llama-cpp-python --dest "$new.sdist" \
    "llama-cpp-python==$LLAMA_VERSION" || return 1
  tar -xzf "$new.sdist"/*.tar.gz -C "$new" --strip-components 1 || return 1
  rm -rf "$new.sdist"
  mv "$new" "$LLAMA_SOURCE"
}

build_llama_wheel() {
  local new="$LLAMA_WHEELS.new" copy="$LLAMA_WHEELS.build"
  # A copy, because the build leaves files of its own in the source folder.
  rm -rf "$new" "$copy"
  mkdir -p "$CACHE/wheels" && cp -r "$LLAMA_SOURCE" "$copy" || return 1
  CMAKE_ARGS="$LLAMA_CMAKE_ARGS" "$TOOLS/bin/python" -m pip wheel --no-deps --wheel-dir "$new" "$copy" || return 1
  rm -rf "$copy" "$LLAMA_WHEELS"
  mv "$new" "$LLAMA_WHEELS"
}

prepare_llama() {
  [[ -d "$LLAMA_SOURCE" ]] || logged "Fetching llama-cpp-python" fetch_llama_source
  llama_wheel >/dev/null || logged "Building llama-cpp-python" build_llama_wheel
}
