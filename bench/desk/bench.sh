#!/usr/bin/env bash
# bench.sh BUILD: the work list of one department at 30,000 and at 1,000,000 cases, side by side: CPU per request (ratio at most
# 2.5) and p99 with eight officers asking without a pause (at most 50 ms). One case in 200 is open at both sizes.
set -euo pipefail
BUILD=$1
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
rounds=${ROUNDS:-5} SECONDS_EACH=${SECONDS_EACH:-2} status=0
ninja -C "$BUILD" --quiet bench/desk/bench_desk src/app/tongban
WORK=$(mktemp -d "$BUILD/bench-desk.XXXXXX")
. "$ROOT/bench/hall.sh"
cleanup() {
	kill ${pid_few:-} ${pid_many:-} 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$WORK"
}
trap cleanup EXIT

if [[ -f $ROOT/data/sample/built ]]; then
	cp -a "$ROOT/data/sample" "$WORK/few"
else
	"$BUILD/src/app/tongban" city build "$WORK/few" --from "$ROOT" --cases 3000 2>/dev/null
	"$BUILD/bench/desk/bench_desk" "$WORK/few" 27000
fi
cp -a "$WORK/few" "$WORK/many"
begin=$SECONDS
"$BUILD/bench/desk/bench_desk" "$WORK/many" 970000
echo "970,000 cases added in $((SECONDS - begin)) s; $(du -m "$WORK/many/tongban.db" | cut -f1) MB"

serve few "$WORK/few"
serve many "$WORK/many"
cookie_few=$(sign_in "$base_few" market-review) cookie_many=$(sign_in "$base_many" market-review)
for query in '' '?service=food-business-licence' '?act=decide' '?clock=late' '?applicant=示例5'; do
	: >"$WORK/few.txt" && : >"$WORK/many.txt"
	for _ in $(seq "$rounds"); do
		measure 8 "$base_few/desk$query" "$cookie_few" "$pid_few" >>"$WORK/few.txt"
		measure 8 "$base_many/desk$query" "$cookie_many" "$pid_many" >>"$WORK/many.txt"
	done
	a=$(median "$WORK/few.txt" 1) b=$(median "$WORK/many.txt" 1) p99=$(median "$WORK/many.txt" 3)
	printf '/desk%s: %s us CPU a request at 30,000 cases, %s us at 1,000,000; CPU ratio %s (limit 2.5); p99 %s and %s ms (limit 50)\n' \
		"$query" "$a" "$b" "$(ratio "$b" "$a")" "$(median "$WORK/few.txt" 3)" "$p99"
	within "$(ratio "$b" "$a")" 2.5 "CPU ratio of /desk$query"
	within "$p99" 50 "p99 in ms of /desk$query"
done
exit $status
