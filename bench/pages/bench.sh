#!/usr/bin/env bash
# bench.sh BUILD: pages from the database beside nginx sending the same bytes from files: CPU per request, in turns. Limits: a
# public guide page at least 0.5 of nginx's rate for the same CPU, a signed-in case page 0.25; idle memory at most 30 MB; from the
# start of the program to its first page at most 100 ms.
set -euo pipefail
BUILD=$1
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
rounds=${ROUNDS:-5} SECONDS_EACH=${SECONDS_EACH:-2} status=0
ninja -C "$BUILD" --quiet src/app/tongban
WORK=$(mktemp -d "$BUILD/bench-pages.XXXXXX")
chmod 711 "$WORK"
. "$ROOT/bench/hall.sh"
cleanup() {
	kill ${pid_hall:-} 2>/dev/null || true
	stop_nginx
	wait 2>/dev/null || true
	rm -rf "$WORK"
}
trap cleanup EXIT

"$BUILD/src/app/tongban" city build "$WORK/data" --from "$ROOT" --cases 300 2>/dev/null

# --- cold start ---
for i in $(seq 9); do
	begin=$(date +%s%N)
	serve hall "$WORK/data"
	curl -sf -o /dev/null "$base_hall/services/food-business-licence"
	echo $((($(date +%s%N) - begin) / 1000)) >>"$WORK/cold.txt"
	kill "$pid_hall"
	wait "$pid_hall" || true
	rm "$WORK/hall.out"
done
cold=$(awk "BEGIN { printf \"%.1f\", $(median "$WORK/cold.txt" 1) / 1000 }")
echo "cold start: $cold ms from the command to the first page, median of 9 (limit 100)"
within "$cold" 100 "cold start in ms"

# --- pages ---
memory() { # resident memory of the server and of its key holder, in MB
	cat /proc/"$pid_hall"/status $(for child in $(cat /proc/"$pid_hall"/task/*/children); do echo "/proc/$child/status"; done) |
		awk '/VmRSS/ { sum += $2 } END { printf "%.1f", sum / 1024 }'
}
serve hall "$WORK/data"
idle=$(memory)
{ read -r cookie; read -r case; } < <(node "$ROOT/bench/pages/case.mjs" "$base_hall")
[[ -n ${case:-} ]]

start_nginx "${base_hall##*:}" text/html

compare() { # NAME PATH COOKIE LIMIT
	local name=$1 path=$2 cookie=$3 limit=$4 ours theirs
	curl -sf -H "Cookie: $cookie" -H 'Accept: text/html' -H 'Accept-Language: en' "$base_hall$path" >"$WORK/www/$name"
	: >"$WORK/ours.txt" && : >"$WORK/theirs.txt"
	for _ in $(seq "$rounds"); do
		measure 64 "$base_hall$path" "$cookie" "$pid_hall" >>"$WORK/ours.txt"
		measure 64 "http://127.0.0.1:$nginx_port/$name" "$cookie" $workers >>"$WORK/theirs.txt"
	done
	ours=$(median "$WORK/ours.txt" 1) theirs=$(median "$WORK/theirs.txt" 1)
	printf '%s (%s bytes): %s us CPU a request, nginx %s us: %s of nginx for the same CPU (limit %s); %s a second, nginx %s\n' "$name" \
		"$(stat -c %s "$WORK/www/$name")" "$ours" "$theirs" "$(ratio "$theirs" "$ours")" "$limit" "$(median "$WORK/ours.txt" 2)" \
		"$(median "$WORK/theirs.txt" 2)"
	awk "BEGIN { exit !($theirs / $ours >= $limit) }" || { echo "$name is below its limit"; status=1; }
}
compare guide /services/food-business-licence visit=0123456789abcdef0123456789abcdef 0.5 # who has been here before, not signed in
compare case "$case" "$cookie" 0.25
echo "memory: $idle MB idle (limit 30), $(memory) MB after the load"
within "$idle" 30 "idle memory in MB"
exit $status
