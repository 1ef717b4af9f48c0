#!/bin/sh
# Runs the browser tests: run.sh HOITHI SOURCE_ROOT [FILE.mjs …]; see harness.mjs.
set -eu
HOITHI=$(realpath "$1")
HOITHI_SOURCE_ROOT=$(realpath "$2")
export HOITHI HOITHI_SOURCE_ROOT
shift 2
cd "$HOITHI_SOURCE_ROOT/tests/browser"

if ! cmp -s package-lock.json node_modules/.installed-for; then
	npm ci --ignore-scripts --no-audit --no-fund
	cp package-lock.json node_modules/.installed-for
fi
[ $# -gt 0 ] || set -- journey_nojs.mjs journey_js.mjs network.mjs storage.mjs opening.mjs deadline.mjs doors.mjs \
	surge.mjs turn.mjs axe.mjs weight.mjs screens.mjs
failed=0
for file in "$@"; do
	node --test-reporter=spec "$file" || failed=1
done
exit $failed
