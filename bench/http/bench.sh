#!/usr/bin/env bash
# bench.sh BUILD: CPU per request of our server beside nginx sending the same bytes from files, in interleaved rounds; neither
# writes an access log. Limits: small JSON at most 0.7 of nginx's CPU; idle memory at most 30 MB.
set -euo pipefail
build=$1
rounds=${ROUNDS:-5} seconds=${SECONDS_EACH:-3}
ninja -C "$build" --quiet bench/http/bench_http
work=$(mktemp -d "$build/bench-http.XXXXXX")
chmod 711 "$work"
cleanup() {
	exec 9>&- || true
	[[ -f $work/nginx.pid ]] && kill "$(cat "$work/nginx.pid")" 2>/dev/null || true
	wait 2>/dev/null || true
	rm -rf "$work"
}
trap cleanup EXIT

mkfifo "$work/hold"
"$build/bench/http/bench_http" "$work" <"$work/hold" >"$work/port" &
ours=$!
exec 9>"$work/hold"
until [[ -s $work/port ]]; do kill -0 $ours; done
port=$(<"$work/port")
grep VmRSS /proc/$ours/status | awk '{printf "idle memory %.1f MB (limit 30)\n", $2 / 1024}'

mkdir "$work/www"
curl -s "http://127.0.0.1:$port/api/small" >"$work/www/small"
curl -s -b tongban=x -H 'Accept: text/html' "http://127.0.0.1:$port/page" >"$work/www/page"
nginx_port=$((port == 65535 ? port - 1 : port + 1))
cat >"$work/nginx.conf" <<CONF
worker_processes $(nproc); daemon on; pid $work/nginx.pid; error_log $work/error.log;
events { worker_connections 1024; }
http { access_log off; open_file_cache max=100; sendfile on; keepalive_requests 100000000;
  client_body_temp_path $work/b; proxy_temp_path $work/p; fastcgi_temp_path $work/f; uwsgi_temp_path $work/u; scgi_temp_path $work/s;
  server { listen 127.0.0.1:$nginx_port backlog=4096; root $work/www; default_type application/json; } }
CONF
nginx -c "$work/nginx.conf" -p "$work"
until [[ -s $work/nginx.pid ]]; do :; done

ticks() { # user and system time of the processes, in clock ticks
	local pid sum=0 stat
	for pid in "$@"; do
		read -r -a stat <"/proc/$pid/stat"
		sum=$((sum + stat[13] + stat[14]))
	done
	echo "$sum"
}
measure() { # NAME URL PIDS...: prints microseconds of CPU per request and requests per second
	local url=$1 before after out
	shift
	before=$(ticks "$@")
	out=$(wrk -t1 -c64 -d"${seconds}s" -H 'Cookie: tongban=x' -H 'Accept: text/html' "$url")
	after=$(ticks "$@")
	awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" '/requests in/ { n = $1 } /Requests\/sec/ { rps = $2 }
		/Non-2xx/ { bad = 1 } END { if (bad || !n) exit 1; printf "%.2f %.0f\n", ticks / hz * 1e6 / n, rps }' <<<"$out"
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

workers=$(cat /proc/"$(cat "$work/nginx.pid")"/task/*/children)
for path in small page; do
	[[ $path == small ]] && url=/api/small || url=/page
	: >"$work/ours" && : >"$work/theirs"
	for _ in $(seq "$rounds"); do
		measure "http://127.0.0.1:$port$url" $ours >>"$work/ours"
		measure "http://127.0.0.1:$nginx_port/$path" $workers >>"$work/theirs"
	done
	a=$(median <"$work/ours") b=$(median <"$work/theirs")
	ra=$(awk '{print $2}' "$work/ours" | median) rb=$(awk '{print $2}' "$work/theirs" | median)
	printf '%s: %s us CPU a request, nginx %s us; CPU ratio %s; rate %s of nginx'"'"'s\n' "$path ($(stat -c %s "$work/www/$path") bytes)" "$a" "$b" \
		"$(awk "BEGIN { printf \"%.2f\", $a / $b }")" "$(awk "BEGIN { printf \"%.2f\", $ra / $rb }")"
	[[ $path == page ]] || awk "BEGIN { exit !($a / $b <= 0.7) }" || { echo "above the limit of 0.7" && status=1; }
done
exit ${status:-0}
