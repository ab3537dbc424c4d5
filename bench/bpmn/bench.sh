#!/bin/sh
# bench.sh BUILD: process instances a core-second (bpmn_bench.c).
set -eu
build=$1
ninja -C "$build" --quiet bench/bpmn/bench_bpmn
"$build/bench/bpmn/bench_bpmn"
