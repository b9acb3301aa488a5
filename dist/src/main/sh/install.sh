#!/bin/bash
# Installs what dist/target/lib holds: install.sh [ROOT]; ROOT (default /) is for packagers. Build first: ./carafe version.
set -euo pipefail
here=$(cd "$(dirname "$0")/../../.." && pwd)
root=${1:-/}
root=${root%/}

if ! compgen -G "$here/dist/target/lib/*.jar" >/dev/null; then
    echo "install: dist/target/lib is empty; run ./carafe version first, which builds it" >&2
    exit 1
fi
home=$root/usr/lib/carafe
rm -rf "$home/lib"
install -d "$home/bin" "$home/lib" "$home/sh" "$root/etc/carafe" "$root/lib/systemd/system" "$root/usr/bin"
install -m 644 "$here"/dist/target/lib/*.jar "$home/lib/"
install -m 644 "$here/dist/src/main/jvm.options" "$home/jvm.options"
install -m 644 "$here/dist/src/main/sh/prerequisites.sh" "$home/sh/prerequisites.sh"
install -m 755 "$here/carafe" "$home/bin/carafe"
install -m 644 "$here/dist/src/main/systemd/carafe.service" "$root/lib/systemd/system/carafe.service"
ln -sfn /usr/lib/carafe/bin/carafe "$root/usr/bin/carafe"
if [ ! -e "$root/etc/carafe/config.toml" ]; then
    CARAFE_BUILD=never "$here/carafe" config default >"$root/etc/carafe/config.toml"
fi
echo "installed in $home; start it with: systemctl enable --now carafe"
