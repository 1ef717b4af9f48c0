#!/bin/sh
# Sets up a Meson build folder once: build.sh FOLDER OPTION …
set -eu
cd "$(dirname "$0")/.."
folder=$1
shift
[ -f "$folder/build.ninja" ] && exit 0
rm -rf "$folder"
meson setup "$folder" "$@" >"$folder.log" 2>&1 || {
	cat "$folder.log"
	exit 1
}
rm -f "$folder.log"
