#!/bin/sh
# Are all messages of the templates and of the C sources translated?
#   check_lang.sh LANGC CATALOGUE.po TEMPLATES.pot SOURCE-FOLDER
set -eu
if ! command -v xgettext >/dev/null; then
	echo "xgettext is not there" >&2
	exit 77
fi
found=$(mktemp -d)
trap 'rm -rf "$found"' EXIT
(cd "$4" && find src/ -name '*.c' | sort | xgettext --files-from=- --language=C \
	--from-code=UTF-8 --keyword --keyword=T --keyword=TN:1,1 --force-po \
	--output="$found/sources.pot")
"$1" --check "$2" "$3" "$found/sources.pot"
