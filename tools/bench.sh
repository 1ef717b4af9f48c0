#!/bin/sh
# How fast is it on this machine? A release build, a fresh rehearsal folder, a server,
# whole journeys, and beside each figure a bound measured in the same run. Prints a
# table, writes bench-result.json, and ends with "N targets, M missed".
#
#   BENCH_SECONDS=20  BENCH_CONNECTIONS=64  BENCH_PEOPLE=60000 (two journeys each)
#   BENCH_TRIES=1000      at the door, at phones that somebody has, and that nobody has
#   BENCH_DIR=…       where the data is put: the bounds are of that disk
#   BENCH_SLOW_MS=5   added to each sync in the rows of a slow disk
#   BENCH=full        the long rows too, an hour and a half more, of which there may be less;
#   as root the herd's have the system's longer queue of connections:
#   BENCH_PROVINCE=1000000 journeys  BENCH_HERD=250000 people  BENCH_HERD_SECONDS=60 within
#   which they come  BENCH_STEADY=30 minutes
set -eu
cd "$(dirname "$0")/.."
seconds=${BENCH_SECONDS:-20}
connections=${BENCH_CONNECTIONS:-64}
people=${BENCH_PEOPLE:-60000}
door_tries=${BENCH_TRIES:-1000}
slow_ms=${BENCH_SLOW_MS:-5}
province=${BENCH_PROVINCE:-1000000}
herd=${BENCH_HERD:-250000}
herd_seconds=${BENCH_HERD_SECONDS:-60}
steady=${BENCH_STEADY:-30}
build=$PWD/build-bench
idle_connections=10000
drip_clients=1000

tools/build.sh build-bench -Dtests=true -Dbuildtype=release
ninja -C "$build" --quiet src/cli/hoithi bench/journeys bench/prepare bench/herd bench/bare \
	bench/limit bench/libslow_sync.so

dir=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/hoithi-bench.XXXXXX")
server=
idle=
stop() {
	[ -z "$server" ] && return
	kill "$server" 2>/dev/null || :
	wait "$server" 2>/dev/null || :
	server=
}
finish() {
	[ -z "$idle" ] || kill "$idle" 2>/dev/null || :
	stop
	rm -rf "$dir"
}
trap finish EXIT
trap 'exit 1' INT TERM

# await PATTERN FILE: what a program that has just started says of its address, in $url.
await() {
	tries=0
	until url=$(grep -o "$1" "$2"); do
		tries=$((tries + 1))
		if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then
			echo "the server did not start:" >&2
			tail -n 20 "$dir/log" >&2
			exit 1
		fi
		sleep 0.1
	done
}

# start [VARIABLE=VALUE …]: the demo on a free port; a fresh folder is filled first.
start() {
	: >"$dir/address"
	env "$@" "$build/src/cli/hoithi" demo --people 200 --listen 127.0.0.1:0 --data "$dir/demo" \
		>"$dir/address" 2>>"$dir/log" &
	server=$!
	await 'http://127[.0-9:]*' "$dir/address"
}

bare() {
	"$build/bench/bare" --dir "$dir/$1" --batch "$connections" --seconds 4 >"$dir/$1.json"
	rm -rf "${dir:?}/$1"
}

# limit NAME [VARIABLE=VALUE …]: the bound of saves over HTTP.
limit() {
	name=$1
	shift
	: >"$dir/address"
	env "$@" "$build/bench/limit" --dir "$dir/limit" >"$dir/address" 2>>"$dir/log" &
	server=$!
	await 'http://127[.0-9:]*' "$dir/address"
	journeys "$name" --bare-saves 100 --connections "$connections" --seconds 6
	stop
	rm -rf "$dir/limit"
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

# beside SCRIPT NAME PEOPLE [VARIABLE=VALUE …]: a script of bench/ that asks this server and an
# nginx of its own.
beside() {
	script=$1
	name=$2
	cookies=$3
	shift 3
	echo "  $name …" >&2
	mkdir "$dir/$name"
	env "$@" python3 "bench/$script.py" "$url" "$contest" "$dir/$cookies" "$server" \
		"$dir/$name" >"$dir/$name.json" || :
}

# door NAME BROWSERS: sign-ins, and registrations of these browsers.
door() {
	journeys "$1" --signins "$dir/signins" --registers "$2" --door-seconds 5 \
		--group "$(value "$dir/prepared.json" group)" \
		--unit "$(value "$dir/prepared.json" unit)"
}

# long NAME SCRIPT OPTION …: a script of bench/ with a folder and a server of its own.
long() {
	name=$1
	script=$2
	shift 2
	echo "  $name …" >&2
	python3 "bench/$script.py" "$build" --dir "$dir" "$@" >"$dir/$name.json" || :
}

# value FILE NAME [NAME …]: a value of a JSON file.
value() {
	python3 -c 'import functools, json, sys
print(functools.reduce(lambda value, name: value[name], sys.argv[2:], json.load(open(sys.argv[1]))))' "$@"
}

# share PART NAME: so much of the journeys a second that went through there.
share() {
	python3 -c 'import sys; print(max(1, float(sys.argv[1]) * float(sys.argv[2])))' "$1" \
		"$(value "$dir/$2.json" journeys per_second)"
}

# part NAME FROM TO: those contestants are NAME's own.
part() {
	sed -n "$2,$3p" "$dir/cookies" >"$dir/$1"
}

echo "preparing $people contestants …" >&2
start
stop
"$build/bench/prepare" --data "$dir/demo/data" --keys "$dir/demo/keys" --people "$people" \
	--cookies "$dir/cookies" --browsers "$dir/browsers" >"$dir/prepared.json"
contest=$(value "$dir/prepared.json" contest)
head -n 1000 "$dir/browsers" >"$dir/registers"
tail -n 1000 "$dir/browsers" >"$dir/slow-registers"
# Of those who were prepared: nobody signs in many times at once.
awk -v password="$(value "$dir/prepared.json" password)" \
	'BEGIN { for (i = 0; i < 200; i++) printf "098%07d %s\n", i, password }' >"$dir/signins"
# Those who come at a rate and those who only save are others than the crowd.
part warm 1 200
part paged 201 250
part slow-paged 251 300
part savers 301 4250
part slow-savers 4251 6250
part calm 6251 8250
part idle 8251 10250
part drip 10251 12250
part slow 12251 17250
part slow-paced 17251 19250
part paced 19251 28250
part crowd 28251 '$'

echo "measuring bounds and journeys …" >&2
bare bare-before
limit limit
start
journeys warm --cookies "$dir/warm" --connections "$connections"
journeys crowd --cookies "$dir/crowd" --connections "$connections" --seconds "$seconds"
journeys savers --cookies "$dir/savers" --connections "$connections" --seconds 6 --saves 500
rate=$(share 0.8 crowd)
journeys paced --cookies "$dir/paced" --connections 1024 --seconds 10 --rate "$rate"
door door "$dir/registers"
echo "  known and unknown phones …" >&2
python3 bench/door_timing.py "$url" "$contest" "$door_tries" >"$dir/timing.json" || :
beside pages pages paged
beside tls tls paged

# At half of what it can: alone, beside those that only hold a connection, and beside
# those that send a byte a second.
rate=$(share 0.5 crowd)
journeys calm --cookies "$dir/calm" --connections 1024 --seconds 5 --rate "$rate" --attempts 2
mkfifo "$dir/hold"
python3 bench/idle.py idle "$url" "$contest" "$server" "$idle_connections" \
	<"$dir/hold" >"$dir/idlers.json" 2>>"$dir/log" &
idle=$!
exec 9>"$dir/hold"
until [ -s "$dir/idlers.json" ] || ! kill -0 "$idle" 2>/dev/null; do sleep 0.2; done
journeys idle --cookies "$dir/idle" --connections 1024 --seconds 5 --rate "$rate" --attempts 2
exec 9>&-
wait "$idle" || :
python3 bench/idle.py drip "$url" "$contest" "$server" "$drip_clients" >"$dir/drips.json" \
	2>>"$dir/log" &
idle=$!
sleep 2
journeys drip --cookies "$dir/drip" --connections 1024 --seconds 5 --rate "$rate" --attempts 2
wait "$idle" || :
idle=
stop

slow="LD_PRELOAD=$build/bench/libslow_sync.so SLOW_SYNC_MS=$slow_ms"
# shellcheck disable=SC2086
limit slow-limit $slow
# shellcheck disable=SC2086
start $slow
journeys slow --cookies "$dir/slow" --connections "$connections" --seconds 10
journeys slow-savers --cookies "$dir/slow-savers" --connections "$connections" --seconds 6 \
	--saves 200
rate=$(share 0.8 slow)
journeys slow-paced --cookies "$dir/slow-paced" --connections 1024 --seconds 8 --rate "$rate"
door slow-door "$dir/slow-registers"
# shellcheck disable=SC2086
beside pages slow-pages slow-paged $slow
stop
bare bare-after
long reports reports --people $((people * 4 / 5)) --seconds 8 --rounds 2

if [ "${BENCH:-}" = full ]; then
	echo "the long rows …" >&2
	slow="--slow $build/bench/libslow_sync.so --slow-ms $slow_ms"
	# As docs/van-hanh.md has the system set; only root can have it so here.
	queue=
	[ "$(id -u)" != 0 ] || queue="--queue 65535"
	# shellcheck disable=SC2086
	long herd herd --people "$herd" --even $((herd / 5)) --window "$herd_seconds" $queue
	# shellcheck disable=SC2086
	long herd-slow herd --people $((herd / 10)) --even 0 --window "$herd_seconds" $queue $slow
	long province province --journeys "$province"
	# shellcheck disable=SC2086
	long province-slow province --journeys $((province / 20)) $slow
	long steady steady --rate "$(share 0.5 crowd)" --minutes "$steady"
	# shellcheck disable=SC2086
	long steady-slow steady --rate "$(share 0.5 slow)" --minutes "$(python3 -c \
		'import sys; print(float(sys.argv[1]) / 10)' "$steady")" $slow
fi
python3 bench/report.py "$dir" bench-result.json build-bench/bounds.json
