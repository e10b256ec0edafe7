# SPDX-License-Identifier: Apache-2.0
# Each target does everything it needs, on a fresh machine too. The presets do the work; see CONTRIBUTING.md.
#
#   make          build/cenote                     make demo    questions answered on the bundled database
#   make test     everything, then all tests       make asan    unit tests under sanitizers
#   make check    the rules that need no build     make clean   removes what was built, keeps .deps
#   make fuzz       the parsers on anything, SECONDS=60 each (needs clang)
#   make claims   every claim in full: an hour or two; writes claims/results and docs/claims.md
#   make test TESTS="base graph"                   only these folders of tests/

JOBS ?= $(shell nproc)
SECONDS ?= 60
TESTS ?=
# Programs that train models or start servers: minutes under sanitizers, so `make asan` leaves them out.
ASAN_WITHOUT ?= engine,cli,conformance,cases

# Warnings are errors in continuous integration only.
werror := $(if $(CI),-DCENOTE_WERROR=ON)

# A fresh clone may use what another clone compiled: paths below the repository count as relative.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
export CCACHE_SLOPPINESS := pch_defines,time_macros

.PHONY: build setup everything test demo asan asan-sample fuzz check claims clean
.NOTPARALLEL:

build: setup build/build.ninja
	cmake --build --preset release -j $(JOBS) --target cenote

setup:
	@scripts/setup.sh

# Ninja configures again by itself when a CMake file changes.
build/build.ninja:
	cmake --preset release $(werror)
build-asan/build.ninja:
	cmake --preset asan $(werror)

everything: setup build/build.ninja
	cmake --build --preset release -j $(JOBS)

test: everything
	@python3 scripts/run_tests.py --build build $(TESTS)

demo: build
	@scripts/demo.sh

asan: setup build-asan/build.ninja
	cmake --build --preset asan -j $(JOBS)
	@python3 scripts/run_tests.py --build build-asan --without $(ASAN_WITHOUT) $(TESTS)

# Only the programs of TESTS; the library is compiled as a whole all the same.
asan-sample: setup build-asan/build.ninja
	cmake --build --preset asan -j $(JOBS) --target $(addprefix test_,$(TESTS))
	@python3 scripts/run_tests.py --build build-asan $(TESTS)

# libFuzzer comes with clang, which nothing else here needs.
fuzz: setup
	@command -v clang++ >/dev/null || { echo "fuzz: clang++ is not here; on Debian: apt install clang"; exit 1; }
	@test -f build-fuzz/build.ninja || cmake --preset fuzz
	cmake --build --preset fuzz -j $(JOBS) --target fuzz
	@scripts/fuzz.py --seconds $(SECONDS)

claims: build
	@build/cenote claim all --out claims/results --page docs/claims.md

check:
	@python3 scripts/check.py

clean:
	rm -rf build build-debug build-asan build-fuzz
