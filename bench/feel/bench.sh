#!/bin/sh
# bench.sh BUILD: expressions a core-second (feel_bench.c).
set -eu
build=$1
ninja -C "$build" --quiet bench/feel/bench_feel
"$build/bench/feel/bench_feel"
