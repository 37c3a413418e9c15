# shellcheck shell=bash
# Runs each test in the environment that it belongs to, and adds up the counts.

# What needs Home Assistant or its Python; all other tests run without, which proves that what they test does, too.
HOME_ASSISTANT_TESTS=(integration engine playground)

# Sorts the arguments: paths below tests/ go to the environment they belong to, everything else to pytest.
# Sets training_paths, home_assistant_paths and options.
sort_arguments() {
  local argument
  training_paths=() home_assistant_paths=() options=()
  for argument in "$@"; do
    if [[ "$argument" != -* && "${argument%/}" == *tests* && -e "${argument%%::*}" ]]; then
      sort_path "$argument"
    else
      options+=("$argument")
    fi
  done
  [[ ${#training_paths[@]} -gt 0 || ${#home_assistant_paths[@]} -gt 0 ]] || sort_path "$ROOT/tests"
}

sort_path() {
  local path name
  path="$(realpath "${1%%::*}")"
  if [[ "$path" == "$ROOT/tests" ]]; then
    for path in "$ROOT"/tests/*/; do
      name="$(basename "$path")"
      [[ "$name" == __pycache__ ]] || sort_path "$path"
    done
    return
  fi
  name="${path#"$ROOT/tests/"}"
  if [[ " ${HOME_ASSISTANT_TESTS[*]} " == *" ${name%%/*} "* ]]; then
    home_assistant_paths+=("$1")
  else
    training_paths+=("$1")
  fi
}

# Runs pytest in one environment. Exit code 5 (it selected no test) is no failure here: the total tells.
run_part() {
  local env="$1" code=0
  shift
  say "== $(basename "$env"): pytest $* =="
  "$env/bin/python" -m pytest --rootdir "$ROOT" -c "$ROOT/pyproject.toml" "$@" 2>&1 | tee "$part_log" || code=$?
  count_results <"$part_log"
  [[ $code == 0 || $code == 5 ]] || failed=yes
}

# Notes the counts in pytest's last line, such as "== 3 passed, 1 skipped in 0.12s ==".
count_results() { tail -n 1 | grep -oE '[0-9]+ [a-z]+' >>"$counts" || true; }

# Prints the closing line, and tells by its status whether all is well: `print_total SECONDS`.
print_total() {
  local total
  total="$(awk '{ sub(/^(error|warning)$/, "&s", $2); sum[$2] += $1 }
    END {
      split("failed passed skipped deselected xfailed xpassed warnings errors", order)
      for (i = 1; i in order; i++) {
        if (!(count = sum[order[i]])) continue
        if (count == 1) sub(/s$/, "", order[i])
        printf "%s%d %s", n++ ? ", " : "", count, order[i]
      }
    }' "$counts")"
  if [[ "$total" != *passed* && "$total" != *failed* && "$total" != *skipped* ]]; then
    say "No test was run."
    failed=yes
  fi
  printf '===== %s in %d.00s =====\n' "${total:-no tests ran}" "$1"
  [[ -z "$failed" ]]
}

run_tests() {
  failed="" counts="$(mktemp)" part_log="$(mktemp)" SECONDS=0
  trap 'rm -f "$counts" "$part_log"' EXIT
  sort_arguments "$@"
  [[ ${#training_paths[@]} == 0 ]] || run_part "$VENV_TRAINING" "${training_paths[@]}" "${options[@]}"
  [[ ${#home_assistant_paths[@]} == 0 ]] || run_part "$VENV" "${home_assistant_paths[@]}" "${options[@]}"
  print_total "$SECONDS"
}
