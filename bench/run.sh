#!/usr/bin/env bash
# Runs the benchmarks, each with its limit or peer measured in the same run:  bench/run.sh BUILD [NAME...]
# A benchmark is a folder with bench.sh, which is given the build directory.
set -uo pipefail
BUILD=$(cd "$1" && pwd)
shift
ROOT=$(cd "$(dirname "$0")/.." && pwd)
status=0
for script in "$ROOT"/bench/*/bench.sh; do
	name=$(basename "$(dirname "$script")")
	if (($#)); then
		wanted=0
		for word in "$@"; do [[ $name == *"$word"* ]] && wanted=1; done
		((wanted)) || continue
	fi
	printf '\n== %s\n' "$name"
	"$script" "$BUILD" || status=1
done
exit $status
