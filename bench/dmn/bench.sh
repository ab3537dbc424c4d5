#!/bin/sh
# bench.sh BUILD: decisions a core-second, and the conformance suite (dmn_bench.c).
set -eu
build=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
ninja -C "$build" --quiet bench/dmn/bench_dmn
"$build/bench/dmn/bench_dmn" "${TONGBAN_SUITES:-$root/../shared/suites}"
