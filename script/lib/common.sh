# shellcheck shell=bash
# What every script needs: where things lie, and how to speak to the person who called.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/home-llm"
REQUIREMENTS="$ROOT/requirements"
# Home Assistant and what runs in it; everything that does without it.
VENV="$ROOT/.venv"
VENV_TRAINING="$ROOT/.venv-training"

# Progress goes to stderr, so that a script's own output (`--json`) stays clean.
say() { printf '%s\n' "$*" >&2; }

fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

wants_help() { [[ "${1:-}" == --help || "${1:-}" == -h ]]; }

# Prints the comment at the top of the script that was called: its help.
print_help() { sed -n '2,/^[^#]/{s/^# \{0,1\}//p}' "$0"; }

# Python programs print a help of their own; where nothing is set up yet, nobody should wait minutes to read one.
help_before_setup() {
  if wants_help "$@" && [[ ! -d "$VENV" ]]; then
    print_help
    exit
  fi
}

# Prints the version that a requirements file pins: `pinned_version llama-cpp-python llama.txt`.
pinned_version() { sed -n "s/^$1==\([^ ;]*\).*/\1/p" "$REQUIREMENTS/$2"; }

# Runs a command with its output in a log file, and shows the end of that file if the command fails.
logged() {
  local name="$1" log="$CACHE/log/${1// /-}.log"
  shift
  mkdir -p "$CACHE/log"
  "$@" >"$log" 2>&1 </dev/null && return
  tail -n 15 "$log" >&2
  fail "$name failed; its whole output is in $log."
}
