# What the scripts share. To be sourced with the working directory at the repository's root.

say() { printf '%s\n' "$*" >&2; }

# Ends the script with one line that says what is missing.
give_up() {
    say "${0##*/}: $*"
    exit 69
}

# Installs Debian packages that are missing; without root's rights it only says which.
need_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    [ "$(id -u)" -eq 0 ] || give_up "packages are missing; run: sudo apt-get install ${missing[*]}"
    say "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2 || give_up "apt-get update failed; is there a network?"
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 || give_up "apt-get could not install ${missing[*]}"
}

# Prints the packages that bring what the first hour of the README uses and this machine does not have.
lacking_of_first_hour() {
    { compgen -G '/usr/lib/postgresql/*/bin/postgres' && command -v psql; } >/dev/null || echo postgresql
    [ -x /usr/bin/rclone ] || [ -x /usr/local/bin/rclone ] || echo rclone
    command -v curl >/dev/null || echo curl
    command -v python3 >/dev/null || echo python3
}

# The first folder on the way to PATH that other accounts cannot enter, if there is one.
closed_folder() {
    local folder=$1 closed=''
    while :; do
        [ $((0$(stat -Lc %a "$folder") & 1)) -eq 1 ] || closed=$folder
        [ "$folder" != / ] || break
        folder=$(dirname "$folder")
    done
    echo "$closed"
}

# Makes a Python environment with packages in a folder, unless it is there.
need_environment() {
    local folder=$1
    shift
    [ -e "$folder/complete" ] && [ "$(cat "$folder/complete")" = "$*" ] && return
    python3 -m venv --help >/dev/null 2>&1 || need_packages python3-venv
    say "setting up $folder"
    rm -rf "$folder"
    python3 -m venv "$folder" || { need_packages python3-venv && python3 -m venv "$folder"; }
    "$folder/bin/pip" install --quiet "$@" || give_up "pip could not install $*; is there a network?"
    echo "$*" >"$folder/complete"
}

need_swift() {
    command -v swift >/dev/null || give_up "no 'swift' on PATH; install a Swift 6.2 toolchain or later (swift.org/install)"
    local version
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\)\.\([0-9]*\).*/\1 \2/p' | head -n 1)
    local major=${version% *} minor=${version#* }
    if [ "${major:-0}" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 2 ]; }; then
        give_up "Swift ${version/ /.} is too old; 6.2 or later is needed"
    fi
}

need_writable() {
    [ -w . ] && { [ ! -e .build ] || [ -w .build ]; } ||
        give_up "$(pwd) (or its .build) cannot be written by $(id -un); use a clone of your own"
}

# What a build needs, and whatever else is named.
need_build_packages() {
    need_packages libssl-dev libpam0g-dev libsqlite3-dev libexpat1-dev zlib1g-dev libcrypt-dev "$@"
}

# Whether a program is as new as the sources it is built from.
is_current() {
    [ -x "$1" ] && [ -z "$(find Package.swift Sources -newer "$1" -print -quit)" ]
}

# Builds all programs, of which one is named that is current from then on.
build() {
    need_swift
    need_writable
    local options=() swift
    swift=$(readlink -f "$(command -v swift)")
    # The account of databases has to get at Swift's runtime as well.
    [ "$(id -u)" -ne 0 ] || [ -z "$(closed_folder "$(dirname "$swift")")" ] || options=(--static-swift-stdlib)
    say "building; the first time takes 7 to 20 minutes"
    swift build "${options[@]}" >&2
    touch "$1"
}

# Sets `root` to where the trees of ./NAME are. As root, databases, file services and etcd run as other accounts, which have
# to get there.
choose_root() {
    local name=$1 here closed place lock
    here=$(pwd -P)
    root=$here/$name
    closed=$(closed_folder "$here")
    if [ "$(id -u)" -eq 0 ] && [ -n "$closed" ] && [ ! -L "$name" ]; then
        place=/var/lib/confd-run/$(basename "$here")-$(printf %s "$here" | sha256sum | cut -c 1-8)${name#exa}
        install -d -m 711 "${place%/*}"
        if [ -d "$name" ]; then
            [ ! -e "$place" ] || give_up "both $root and $place are there; remove the one that is not wanted"
            for lock in "$name"/spool/jobs/lock "$name"/*/spool/jobs/lock; do
                [ ! -e "$lock" ] || flock -n "$lock" true || give_up "a daemon runs on $root; stop it first"
            done
            mv "$name" "$place"
        fi
        install -d -m 711 "$place"
        ln -s "$place" "$name"
    fi
    [ ! -L "$name" ] || root=$(readlink -f "$name")
    [ "$root" = "$here/$name" ] || say "$name is a link to $root${closed:+, since other accounts cannot enter $closed}"
}
