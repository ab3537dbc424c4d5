#!/usr/bin/env bash
# bench.sh BUILD: expressions a core-second (feel_bench.c), and other engines on the same ones in the same run (test/peers/speed.mjs).
set -euo pipefail
build=$1
peers=$(cd "$(dirname "$0")/../../test/peers" && pwd)
ninja -C "$build" --quiet bench/feel/bench_feel
ours=$(mktemp)
trap 'rm -f "$ours"' EXIT
status=0
"$build/bench/feel/bench_feel" | tee "$ours" || status=1
if "$peers/install.sh"; then
	node "$peers/speed.mjs" feel "$build/bench/feel/bench_feel" "$ours" || status=1
else
	echo "the npm registry cannot be reached: other engines are not measured"
fi
exit $status
