#!/usr/bin/env bash
# bench.sh BUILD: decisions a core-second and the conformance suite (dmn_bench.c), and other engines on the same tables in the same
# run (test/peers/speed.mjs).
set -euo pipefail
build=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
ninja -C "$build" --quiet bench/dmn/bench_dmn
ours=$(mktemp)
trap 'rm -f "$ours"' EXIT
status=0
"$build/bench/dmn/bench_dmn" "${TONGBAN_SUITES:-$root/../shared/suites}" | tee "$ours" || status=1
if "$root/test/peers/install.sh"; then
	node "$root/test/peers/speed.mjs" dmn "$build/bench/dmn/bench_dmn" "$ours" || status=1
else
	echo "the npm registry cannot be reached: other engines are not measured"
fi
exit $status
