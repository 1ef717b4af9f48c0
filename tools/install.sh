#!/bin/sh
# Installs what is missing of the Debian packages listed in the given files of
# packaging/, as root or with sudo. Quick when all is there.
set -eu
cd "$(dirname "$0")/.."

missing=
for list in "$@"; do
	for package in $(grep -v '^#' "packaging/$list"); do
		# Node is taken as it is: machines that have a newer one keep it.
		case $package in
		nodejs) command -v node >/dev/null && continue ;;
		npm) command -v npm >/dev/null && continue ;;
		esac
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
			missing="$missing $package"
	done
done
[ -z "$missing" ] && exit 0

echo "installing:$missing"
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
export DEBIAN_FRONTEND=noninteractive
# Tests start what they need; a service that comes with a package stays off.
export RUNLEVEL=1
$as_root apt-get update -qq
# promtool comes with a server that listens for everybody, and nobody asked for that
# (systemctl unmask prometheus: for who does).
case $missing in
*" prometheus"*) [ ! -d /run/systemd/system ] || $as_root systemctl mask -q prometheus ;;
esac
$as_root env RUNLEVEL=1 apt-get install -y -qq --no-install-recommends $missing >/dev/null
