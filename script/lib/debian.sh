# shellcheck shell=bash
# Unpacks Debian packages into a folder of our own: nothing is installed on the system, and no root is needed.

# Prints apt source lines for a suite, on the mirror that this system itself uses.
debian_sources() {
  local suite="$1" keyring=/usr/share/keyrings/debian-archive-keyring.gpg options=""
  [[ -e "$keyring" ]] && options="[signed-by=$keyring] "
  # One line for each configured index: mirror, component, suite.
  apt-get indextargets --format '$(REPO_URI) $(COMPONENT) $(RELEASE)' 'Created-By: Packages' |
    awk -v codename="$(debian_codename)" -v suite="$suite" -v options="$options" \
      '$2 == "main" && $3 == codename && !seen[$1]++ { print "deb " options $1 " " suite " main" }'
}

# shellcheck source=/dev/null
debian_codename() { (. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}"); }

# apt-get with a state of its own, which believes that nothing is installed and so fetches every dependency.
private_apt() {
  local state="$1"
  shift
  apt-get -qy -o Dir::State="$state" -o Dir::State::status="$state/status" -o Dir::Cache="$state/cache" \
    -o Dir::Etc::SourceList="$state/sources.list" -o Dir::Etc::SourceParts=- \
    -o Dir::Etc::Preferences=- -o Dir::Etc::PreferencesParts=- \
    -o APT::Sandbox::User= -o APT::Install-Recommends=false -o Acquire::Retries=2 "$@"
}

# Unpacks packages of a suite, with all they depend on: `unpack_debian_packages forky FOLDER python3.14`.
unpack_debian_packages() {
  local suite="$1" target="$2" state="$2.apt" package
  shift 2
  command -v apt-get >/dev/null && command -v dpkg >/dev/null || return 1
  rm -rf "$state"
  mkdir -p "$state/lists/partial" "$state/cache/archives/partial" "$target"
  touch "$state/status"
  debian_sources "$suite" >"$state/sources.list"
  private_apt "$state" update && private_apt "$state" install --download-only "$@" || return 1
  for package in "$state"/cache/archives/*.deb; do
    dpkg -x "$package" "$target" || return 1
  done
  rm -rf "$state"
}
