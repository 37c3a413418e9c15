# shellcheck shell=bash
# Makes the two environments. Each is built beside its place and moved there when it is complete.

# Raise it when the steps below change, so that environments made by the old steps are made anew.
STEPS=1
# The parts of Home Assistant that tests and the playground set up; it would fetch what they need when they start.
COMPONENTS=(conversation assist_pipeline ai_task camera)

# Prints a hash of all that an environment is made from.
environment_hash() {
  local files=("$REQUIREMENTS/$1" "$REQUIREMENTS/llama.txt" "$REQUIREMENTS/development.txt")
  { printf '%s\n' "$STEPS" "$ROOT" "${COMPONENTS[*]}" && cat "${files[@]}"; } | sha256sum | cut -d' ' -f1
}

is_environment_ready() {
  local env="$1" requirements="$2"
  [[ "$(cat "$env/stamp" 2>/dev/null)" == "$(environment_hash "$requirements")" ]] &&
    "$env/bin/python" -c '' 2>/dev/null
}

# Builds .venv.new, without llama-cpp-python.
prepare_home_assistant() {
  local new="$VENV.new" python="$VENV.new/bin/python"
  local install=("$UV" pip install --python "$python")
  CPATH="$(python_headers "$1")"
  export CPATH
  rm -rf "$new"
  "$UV" venv --python "$1" "$new" || return 1
  "${install[@]}" -r "$REQUIREMENTS/home-assistant.txt" -r "$REQUIREMENTS/development.txt" || return 1
  install_components "$python" "${COMPONENTS[@]}"
}

# Installs what components of Home Assistant need, in the versions that it names itself.
install_components() {
  local python="$1" needed constraints
  shift
  needed="$(mktemp)"
  constraints="$("$python" -c 'import homeassistant; print(homeassistant.__path__[0])')/package_constraints.txt"
  "$python" "$ROOT/script/lib/component_requirements.py" "$@" >"$needed" &&
    "$UV" pip install --python "$python" -r "$needed" -c "$constraints" || return 1
  rm "$needed"
}

# Builds .venv-training.new, without llama-cpp-python. With pip, whose settings may name a folder with a smaller torch.
prepare_training() {
  local new="$VENV_TRAINING.new"
  rm -rf "$new"
  python3 -m venv "$new" || return 1
  "$new/bin/python" -m pip install -r "$REQUIREMENTS/training.txt" -r "$REQUIREMENTS/development.txt"
}

# Adds llama-cpp-python to a prepared environment and puts it in its place.
finish_environment() {
  local env="$1" requirements="$2" new="$1.new"
  "$UV" pip install --python "$new/bin/python" "$(llama_wheel)" || return 1
  "$new/bin/python" -c 'import llama_cpp' || return 1
  environment_hash "$requirements" >"$new/stamp"
  # Programs name the folder that they were installed in.
  grep -rlIF "$new" "$new/bin" | xargs -r sed -i "s#$new#$env#g"
  rm -rf "$env.old"
  [[ ! -e "$env" ]] || mv "$env" "$env.old"
  mv "$new" "$env"
  rm -rf "$env.old"
}

# Where setuptools puts the links of an installation in strict mode.
LINKS="$ROOT/build/__editable__.home_llm-0-py3-none-any"

project_hash() { { printf '%s\n' "$STEPS" && cat "$ROOT/pyproject.toml"; } | sha256sum | cut -d' ' -f1; }

is_project_installed() {
  [[ "$(cat "$1/project-stamp" 2>/dev/null)" == "$(project_hash)" && -L "$LINKS/home_llm_core" ]] &&
    "$1/bin/python" -c 'import home_llm_core, home_llm_engine' 2>/dev/null
}

# Makes home_llm_core and home_llm_engine importable in an environment, and data, training and playground from any folder.
install_project() {
  local env="$1" packages part
  "$UV" pip install --python "$env/bin/python" --no-deps --no-build-isolation \
    --config-settings editable_mode=strict --editable "$ROOT" || return 1
  # Strict mode links file by file. One link to the folder lets a new file be imported without installing again.
  for part in core engine; do
    rm -rf "$LINKS/home_llm_$part"
    ln -s "$ROOT/custom_components/home_llm/$part" "$LINKS/home_llm_$part" || return 1
  done
  packages="$("$env/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" || return 1
  printf '%s\n' "$ROOT" >"$packages/home_llm_root.pth"
  project_hash >"$env/project-stamp"
}
