# `make demo` and `make check` are all that a newcomer needs.
.PHONY: demo build check bench soak scan clean

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
	@tools/install.sh debian-build.txt debian-check.txt
	@tools/bench.sh

soak:
	@tools/install.sh debian-build.txt debian-check.txt
	@tools/soak.sh

scan:
	@tools/install.sh debian-build.txt debian-scan.txt
	@tools/scan.sh

clean:
	rm -rf build build-*
