#!/bin/bash
# Installs what ./carafe build has made: install.sh [ROOT]; ROOT (default /) is for packagers.
# The tree below /usr/lib/carafe is a checkout without its sources, so the launcher is the same.
set -euo pipefail
here=$(cd "$(dirname "$0")/../../../.." && pwd)
root=${1:-/}
root=${root%/}
home=$root/usr/lib/carafe

if [ ! -e "$here/dist/target/carafe.jar" ]; then
    echo "install: nothing is built yet; run ./carafe build first" >&2
    exit 1
fi
rm -rf "$home"
install -d "$home/dist/target/lib" "$home/dist/src/main" "$root/etc/carafe" "$root/lib/systemd/system" "$root/usr/bin"
install -m 644 "$here/dist/target/carafe.jar" "$home/dist/target/"
install -m 644 "$here"/dist/target/lib/*.jar "$home/dist/target/lib/"
install -m 644 "$here/dist/src/main/jvm.options" "$home/dist/src/main/"
install -D -m 644 "$here/dist/src/main/sh/prerequisites.sh" "$home/dist/src/main/sh/prerequisites.sh"
install -m 755 "$here/carafe" "$home/carafe"
install -m 644 "$here/dist/src/main/systemd/carafe.service" "$root/lib/systemd/system/carafe.service"
printf '#!/bin/sh\nCARAFE_BUILD=never exec /usr/lib/carafe/carafe "$@"\n' >"$root/usr/bin/carafe"
chmod 755 "$root/usr/bin/carafe"
if [ ! -e "$root/etc/carafe/config.toml" ]; then
    install -m 644 "$here/dist/config.toml" "$root/etc/carafe/config.toml"
fi
echo "installed in $home; start it with: systemctl enable --now carafe"
