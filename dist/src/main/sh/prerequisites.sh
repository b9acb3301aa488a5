# Sourced by ./carafe and ./dev: finds JDK 25 and sees to Debian packages.

# Prints the home of a JDK 25, or says in one line where to get one and fails.
find_jdk25() {
    local home
    for home in "${JAVA_HOME:-}" "${CARAFE_JAVA_HOME:-}" /usr/lib/jvm/*25* /opt/*jdk*25* "$HOME"/.sdkman/candidates/java/25*; do
        if [ -n "$home" ] && [ -x "$home/bin/javac" ] && [ -r "$home/release" ] \
            && grep -Eq '^JAVA_VERSION="25[."]' "$home/release"; then
            printf '%s\n' "$home"
            return 0
        fi
    done
    echo "carafe: JDK 25 is missing: install Temurin 25 from https://adoptium.net/temurin/releases/?version=25 (or set JAVA_HOME to one)" >&2
    return 1
}

# need_packages PACKAGE...: installs the Debian packages that are missing when root; else names them in one line and fails.
need_packages() {
    local package missing=()
    for package in "$@"; do
        if [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" != installed ]; then
            missing+=("$package")
        fi
    done
    if [ ${#missing[@]} -eq 0 ]; then
        return 0
    fi
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "carafe: missing packages: ${missing[*]}; install them with: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
        return 1
    fi
    echo "carafe: installing missing packages: ${missing[*]}" >&2
    install_packages "${missing[@]}" || {
        echo "carafe: cannot install ${missing[*]}; see the lines above, or install them yourself and run this again" >&2
        return 1
    }
}

# The package lists of a fresh machine are often empty or old: the first failure fetches them and tries once more.
install_packages() {
    apt_install "$@" && return 0
    apt-get update -qq >&2 || return 1
    apt_install "$@"
}

# Services that a package brings (docker-registry) must not start: the tests start their own on ports of their own.
apt_install() {
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e "$policy" ] && [ -d "${policy%/*}" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy"
        chmod 755 "$policy"
        made=$policy
    fi
    local status=0
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2 || status=$?
    if [ -n "$made" ]; then
        rm -f "$made"
    fi
    return "$status"
}
