#!/usr/bin/env bash
# bench.sh BUILD: the work list of one department at 30,000 and at 1,000,000 cases, side by side: CPU per request (ratio at most
# 2.5) and p99 with eight officers asking without a pause (at most 50 ms, in the calmest round), for every filter. All of them fill a
# page at both sizes; one case in 200 is open, and some more of every service and step.
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

# Both sizes are kept in the build folder (4 GB) until something changes that they are made from.
data=$BUILD/bench-desk
stamp=$(cd "$ROOT" && find src bench/desk services city -name '*_schema*.sql' -o -path 'services/*' -type f -o -path 'city/*' -type f -o -name desk_bench.c |
	LC_ALL=C sort | xargs sha256sum | sha256sum)
if [[ ! -f $data/stamp || $(<"$data/stamp") != "$stamp" ]]; then
	rm -rf "$data"
	mkdir "$data"
	"$BUILD/src/app/tongban" city build "$data/few" --from "$ROOT" --cases 3000 2>/dev/null
	"$BUILD/bench/desk/bench_desk" "$data/few" 27000 0 market-review
	"$BUILD/bench/desk/bench_desk" "$data/few" 0 120 market-review
	cp -a "$data/few" "$data/many"
	begin=$SECONDS
	"$BUILD/bench/desk/bench_desk" "$data/many" 970000 0 market-review
	echo "$stamp" >"$data/stamp"
	echo "970,000 cases added in $((SECONDS - begin)) s; $(du -m "$data/many/tongban.db" | cut -f1) MB"
fi

serve few "$data/few"
serve many "$data/many"
cookie_few=$(sign_in "$base_few" market-review) cookie_many=$(sign_in "$base_many" market-review)
for query in '' '?service=food-business-licence' '?act=review' '?service=food-business-licence&act=decide' '?clock=late' '?clock=warn' \
	'?service=food-business-licence&act=inspect&clock=late' '?mine=1' '?mine=1&clock=late' '?number=KC7B-TP3P-TCG2' '?applicant=%E7%A4%BA%E4%BE%8B5'; do
	: >"$WORK/few.txt" && : >"$WORK/many.txt"
	for _ in $(seq "$rounds"); do
		measure 8 "$base_few/desk$query" "$cookie_few" "$pid_few" >>"$WORK/few.txt"
		measure 8 "$base_many/desk$query" "$cookie_many" "$pid_many" >>"$WORK/many.txt"
	done
	a=$(median "$WORK/few.txt" 1) b=$(median "$WORK/many.txt" 1) p99=$(least "$WORK/many.txt" 3)
	printf '/desk%s: %s us CPU a request at 30,000 cases, %s us at 1,000,000; CPU ratio %s (limit 2.5); p99 %s and %s ms (limit 50)\n' \
		"$query" "$a" "$b" "$(ratio "$b" "$a")" "$(least "$WORK/few.txt" 3)" "$p99"
	within "$(ratio "$b" "$a")" 2.5 "CPU ratio of /desk$query"
	within "$p99" 50 "p99 in ms of /desk$query"
done
exit $status
