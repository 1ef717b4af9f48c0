# `make demo` and `make check` are all that a newcomer needs.
.PHONY: demo build check bench crash soak scan clean

demo: build
	@exec build/src/cli/hoithi demo --data build/demo

build:
	@tools/install.sh debian-build.txt
	@tools/build.sh build -Dbuildtype=release
	@ninja -C build --quiet src/cli/hoithi

check:
	@tools/install.sh debian-build.txt debian-check.txt
	@tools/check.sh

bench:
	@tools/install.sh debian-build.txt debian-check.txt debian-bench.txt
	@tools/bench.sh

crash:
	@tools/install.sh debian-build.txt debian-check.txt
	@tools/crash.sh

soak:
	@tools/install.sh debian-build.txt debian-check.txt
	@tools/soak.sh

scan:
	@tools/install.sh debian-build.txt debian-scan.txt
	@tools/scan.sh

clean:
	rm -rf build build-*
