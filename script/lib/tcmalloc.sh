# shellcheck shell=bash
# Training on a CPU is faster with tcmalloc; it does without where there is none.

TCMALLOC="$CACHE/tcmalloc"

# Of this system's own suite, because it must fit the system's C library.
fetch_tcmalloc() {
  rm -rf "$TCMALLOC.new"
  unpack_debian_packages "$(debian_codename)" "$TCMALLOC.new" libtcmalloc-minimal4 || return 1
  mv "$TCMALLOC.new" "$TCMALLOC"
}

ensure_tcmalloc() {
  [[ -d "$TCMALLOC" ]] && return
  fetch_tcmalloc >"$CACHE/log/tcmalloc.log" 2>&1 </dev/null ||
    say "tcmalloc could not be fetched; training does without it."
}
