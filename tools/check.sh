#!/bin/sh
# Everything that must pass: both compilers without a warning, all tests with
# AddressSanitizer and UndefinedBehaviorSanitizer, the browser. Ends with the
# line "N passed, N failed".
set -u
cd "$(dirname "$0")/.."
passed=0
failed=0

step() {
	name=$1
	shift
	if "$@" >"build-check-step.log" 2>&1; then
		passed=$((passed + 1))
		echo "ok    $name"
	else
		failed=$((failed + 1))
		echo "FAIL  $name"
		tail -n 60 build-check-step.log
	fi
	rm -f build-check-step.log
}

# Adds up what Meson counted, from its log.
count_tests() {
	python3 - "$1/meson-logs/testlog.json" <<-'END'
		import json, sys
		results = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
		good = sum(r["result"] in ("OK", "EXPECTEDFAIL") for r in results)
		print(good, len(results) - good)
	END
}

clang_build() {
	CC=clang tools/build.sh build-clang -Dtests=true -Dfuzz=true -Dbuildtype=debugoptimized \
		-Db_sanitize=address,undefined -Db_lundef=false && ninja -C build-clang
}

gcc_build() {
	CC=gcc tools/build.sh build-check -Dtests=true -Dbuildtype=debugoptimized \
		-Db_sanitize=address,undefined && ninja -C build-check
}

export ASAN_OPTIONS=detect_leaks=1:abort_on_error=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1

step "gcc, warnings as errors" gcc_build
step "clang, warnings as errors, fuzz targets" clang_build
if [ -f build-check/build.ninja ]; then
	meson test -C build-check --no-rebuild --print-errorlogs --num-processes 2
	counts=$(count_tests build-check)
	passed=$((passed + ${counts% *}))
	failed=$((failed + ${counts#* }))
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
