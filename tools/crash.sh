#!/bin/sh
# kill -9 under full load, 200 times, with a release build: tests/crash/test_kill.py.
#
#   CRASH_KILLS=200  CRASH_CONNECTIONS=64  CRASH_SEED=…
set -eu
cd "$(dirname "$0")/.."
export CRASH_KILLS="${CRASH_KILLS:-200}" CRASH_CONNECTIONS="${CRASH_CONNECTIONS:-64}"
build=build-bench

tools/build.sh "$build" -Dtests=true -Dbuildtype=release
ninja -C "$build" --quiet src/cli/hoithi bench/journeys bench/prepare
exec python3 tests/crash/test_kill.py "$build/src/cli/hoithi" . "$build/bench/journeys" \
	"$build/bench/prepare"
