#!/bin/sh
# Explores every fuzz target, or those named, for N seconds each:   tools/fuzz.sh N [TARGET...]
#
# Builds with clang, libFuzzer and the address and undefined-behaviour sanitizers in build-fuzz/. Starts from
# fuzz/corpus/<target>/; what it learns stays in build-fuzz/corpus/. An input that breaks a target is saved in
# fuzz/findings/: fix the fault, then move the input to fuzz/corpus/<target>/, where every test run replays it.
set -eu
cd "$(dirname "$0")/.."
seconds=${1:?usage: tools/fuzz.sh SECONDS [TARGET...]}
shift
build=$PWD/build-fuzz
flags='-fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined'

[ -f "$build/build.ninja" ] || CC=clang meson setup "$build" -Dbuildtype=debugoptimized -Db_sanitize=address,undefined \
	-Db_lundef=false -Dc_args="$flags" -Dc_link_args="$flags" >/dev/null
targets=${*:-$(ls fuzz/corpus)}
ninja -C "$build" $(for name in $targets; do echo "test/fuzz/explore_$name"; done) >"$build/build.log" 2>&1 || {
	tail -40 "$build/build.log"
	exit 1
}
mkdir -p fuzz/findings
status=0
for name in $targets; do
	mkdir -p "$build/corpus/$name"
	printf '== %s, %s s\n' "$name" "$seconds"
	"$build/test/fuzz/explore_$name" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
		-artifact_prefix="fuzz/findings/$name-" -verbosity=0 -print_final_stats=1 \
		"$build/corpus/$name" "fuzz/corpus/$name" >"$build/$name.log" 2>&1 || {
		status=1
		tail -40 "$build/$name.log"
	}
	grep -E 'number_of_executed_units|average_exec_per_sec' "$build/$name.log" || true
done
rmdir fuzz/findings 2>/dev/null || true
exit $status
