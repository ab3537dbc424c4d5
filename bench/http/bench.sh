#!/usr/bin/env bash
# bench.sh BUILD: CPU per request of our server beside nginx sending the same bytes from files, in turns; neither writes an
# access log. Limits: small JSON at most 0.7 of nginx's CPU; idle memory at most 30 MB.
set -euo pipefail
BUILD=$1
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
rounds=${ROUNDS:-5} SECONDS_EACH=${SECONDS_EACH:-3} status=0
ninja -C "$BUILD" --quiet bench/http/bench_http
WORK=$(mktemp -d "$BUILD/bench-http.XXXXXX")
chmod 711 "$WORK"
. "$ROOT/bench/hall.sh"
cleanup() {
	exec 9>&- || true
	stop_nginx
	wait 2>/dev/null || true
	rm -rf "$WORK"
}
trap cleanup EXIT

mkfifo "$WORK/hold"
"$BUILD/bench/http/bench_http" "$WORK" <"$WORK/hold" >"$WORK/port" &
ours=$!
exec 9>"$WORK/hold"
until [[ -s $WORK/port ]]; do kill -0 $ours; done
port=$(<"$WORK/port")
memory=$(awk '/VmRSS/ { printf "%.1f", $2 / 1024 }' /proc/$ours/status)
echo "idle memory $memory MB (limit 30)"
within "$memory" 30 "idle memory in MB"

start_nginx "$port" application/json
for path in small page; do
	[[ $path == small ]] && url=/api/small || url=/page
	curl -s -b tongban=x -H 'Accept: text/html' "http://127.0.0.1:$port$url" >"$WORK/www/$path"
	: >"$WORK/ours" && : >"$WORK/theirs"
	for _ in $(seq "$rounds"); do
		measure 64 "http://127.0.0.1:$port$url" tongban=x $ours >>"$WORK/ours"
		measure 64 "http://127.0.0.1:$nginx_port/$path" tongban=x $workers >>"$WORK/theirs"
	done
	a=$(median "$WORK/ours" 1) b=$(median "$WORK/theirs" 1)
	printf '%s: %s us CPU a request, nginx %s us; CPU ratio %s; rate %s of nginx'"'"'s\n' "$path ($(stat -c %s "$WORK/www/$path") bytes)" "$a" "$b" \
		"$(ratio "$a" "$b")" "$(ratio "$(median "$WORK/ours" 2)" "$(median "$WORK/theirs" 2)")"
	[[ $path == page ]] || within "$(ratio "$a" "$b")" 0.7 "CPU of small JSON to nginx's"
done
exit $status
