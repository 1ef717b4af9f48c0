#!/bin/sh
# The simulation of tests/sim with new seeds until SOAK_MINUTES (10) are over, one run
# a core. A seed that fails is printed with the way to run it again. Ends with
# "N seeds, M failed".
set -eu
cd "$(dirname "$0")/.."
people=${SOAK_PEOPLE:-300}

tools/build.sh build-soak -Dtests=true -Dbuildtype=release
ninja -C build-soak --quiet tests/sim/simulation
HOITHI_SOURCE_ROOT=$PWD
export HOITHI_SOURCE_ROOT

dir=$(mktemp -d "${TMPDIR:-/tmp}/hoithi-soak.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM
end=$(($(date +%s) + ${SOAK_MINUTES:-10} * 60))

# One seed after the other; a line for each in its file, '+' or what was wrong.
soak() {
	while [ "$(date +%s)" -lt "$end" ]; do
		seed=$(od -A n -N 4 -t u4 /dev/urandom | tr -d ' ')
		if build-soak/tests/sim/simulation --seed "$seed" --people "$people" >"$1.run" 2>&1; then
			echo + >>"$1"
		else
			echo - >>"$1"
			tail -n 40 "$1.run"
			echo "again: HOITHI_SOURCE_ROOT=. build-soak/tests/sim/simulation --seed $seed --people $people"
		fi
	done
}

for core in $(seq "$(nproc)"); do
	soak "$dir/$core" &
done
wait
cat "$dir"/*[0-9] | awk '{ failed += $0 == "-" } END { print NR " seeds, " failed + 0 " failed"; exit failed > 0 }'
