#!/bin/sh
# How fast is it on this machine? A release build, a fresh rehearsal folder, a
# server, whole journeys, and beside each figure a bound measured in the same run.
# Prints a table, writes bench-result.json, and ends with "N targets, M missed".
#
#   BENCH_SECONDS=20  BENCH_CONNECTIONS=64  BENCH_PEOPLE=40000 (two journeys each)
#   BENCH_TRIES=1000      at the door, at phones that somebody has, and that nobody has
#   BENCH_DIR=…       where the data is put: the bounds are of that disk
#   BENCH_SYNC_MS=5       makes that disk slower: so much more for each sync
set -eu
cd "$(dirname "$0")/.."
seconds=${BENCH_SECONDS:-20}
connections=${BENCH_CONNECTIONS:-64}
people=${BENCH_PEOPLE:-40000}
door_tries=${BENCH_TRIES:-1000}
build=$PWD/build-bench
slow=
[ -n "${BENCH_SYNC_MS:-}" ] &&
	slow="env LD_PRELOAD=$build/bench/libslow_sync.so SLOW_SYNC_MS=$BENCH_SYNC_MS"

tools/build.sh build-bench -Dtests=true -Dbuildtype=release
ninja -C "$build" --quiet src/cli/hoithi bench/journeys bench/prepare bench/limit \
	bench/libslow_sync.so

dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/hoithi-bench.XXXXXX")
server=
stop() {
	[ -z "$server" ] && return
	kill "$server" 2>/dev/null || :
	wait "$server" || :
	server=
}
finish() {
	stop
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

# Starts the demo on a free port; a fresh folder is filled first. The address
# comes to stand in $url.
start() {
	: >"$dir/address"
	$slow "$build/src/cli/hoithi" demo --people 200 --listen 127.0.0.1:0 --data "$dir/demo" \
		>"$dir/address" 2>>"$dir/log" &
	server=$!
	tries=0
	until url=$(grep -o 'http://127[.0-9:]*' "$dir/address"); do
		tries=$((tries + 1))
		if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
			echo "the server did not start:" >&2
			tail -n 20 "$dir/log" >&2
			exit 1
		fi
		sleep 0.1
	done
}

limit() {
	$slow "$build/bench/limit" --dir "$dir/$1" --batch "$connections" --seconds 4 >"$dir/$1.json"
	rm -rf "${dir:?}/$1"
}

# Seconds, and ticks of CPU of the whole machine and of the server.
ticks() {
	echo "$(cut -d ' ' -f 1 /proc/uptime)" \
		"$(awk '/^cpu / { print $2 + $3 + $4 + $7 + $8 }' /proc/stat)" \
		"$(sed 's/.*) //' "/proc/$server/stat" | awk '{ print $12 + $13 }')"
}

# journeys NAME OPTION …: its JSON in NAME.json; errors are counted, not fatal.
journeys() {
	name=$1
	shift
	echo "  $name …" >&2
	ticks >"$dir/$name.cpu"
	"$build/bench/journeys" --url "$url" --contest "$contest" "$@" >"$dir/$name.json" || :
	ticks >>"$dir/$name.cpu"
}

# value FILE NAME [NAME …]: a value of a JSON file.
value() {
	python3 -c 'import functools, json, sys
print(functools.reduce(lambda value, name: value[name], sys.argv[2:], json.load(open(sys.argv[1]))))' "$@"
}

echo "preparing $people contestants …" >&2
start
stop
"$build/bench/prepare" --data "$dir/demo/data" --keys "$dir/demo/keys" --people "$people" \
	--cookies "$dir/cookies" --browsers "$dir/browsers" >"$dir/prepared.json"
contest=$(value "$dir/prepared.json" contest)
# Of those who were prepared: nobody signs in many times at once.
awk -v password="$(value "$dir/prepared.json" password)" \
	'BEGIN { for (i = 0; i < 200; i++) printf "098%07d %s\n", i, password }' >"$dir/signins"
# Those who come at a rate and those who only save are others than the crowd.
head -n 200 "$dir/cookies" >"$dir/warm"
sed -n '201,4200p' "$dir/cookies" >"$dir/savers"
sed -n '4201,14200p' "$dir/cookies" >"$dir/paced"
sed '1,14200d' "$dir/cookies" >"$dir/crowd"

echo "measuring bounds and journeys …" >&2
limit limit-before
start
journeys warm --cookies "$dir/warm" --connections "$connections"
journeys crowd --cookies "$dir/crowd" --connections "$connections" --seconds "$seconds"
journeys savers --cookies "$dir/savers" --connections "$connections" --seconds 8 --saves 500
rate=$(python3 -c 'import sys; print(max(1, 0.8 * float(sys.argv[1])))' \
	"$(value "$dir/crowd.json" journeys per_second)")
journeys paced --cookies "$dir/paced" --connections 1024 --seconds 10 --rate "$rate"
journeys door --signins "$dir/signins" --registers "$dir/browsers" --door-seconds 5 \
	--group "$(value "$dir/prepared.json" group)" --unit "$(value "$dir/prepared.json" unit)"
echo "  known and unknown phones …" >&2
python3 bench/door_timing.py "$url" "$contest" "$door_tries" >"$dir/timing.json" || :
stop
limit limit-after
python3 bench/report.py "$dir" bench-result.json
