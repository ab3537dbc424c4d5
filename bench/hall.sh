# What the benchmarks of the whole program and of the server share; read by their bench.sh with ROOT, BUILD and WORK set.
# Both sides of a comparison are measured in turns, so that what else the machine does meets both.

# serve NAME DATA: starts the program on a free port; sets pid_NAME and base_NAME.
serve() {
	local name=$1 data=$2
	mkfifo "$WORK/$name.out"
	LANG=en "$BUILD/src/app/tongban" serve --data "$data" --listen 127.0.0.1:0 >"$WORK/$name.out" 2>"$WORK/$name.err" &
	declare -g "pid_$name=$!"
	local line
	read -r line <"$WORK/$name.out" || { cat "$WORK/$name.err" >&2; return 1; }
	declare -g "base_$name=http://127.0.0.1:${line##* }"
}

# sign_in BASE LOGIN: the cookie of a session.
sign_in() {
	node --input-type=module -e '
		const [base, login, place] = process.argv.slice(1);
		const { Person } = await import(place);
		const person = new Person(base, login);
		await person.signIn(login, "tongban-sample-2026");
		console.log([...person.cookies].map(([name, value]) => `${name}=${value}`).join("; "));
	' "$1" "$2" "$ROOT/e2e/person.mjs"
}

# ticks PIDS...: user and system time of the processes and their children that live, in clock ticks.
ticks() {
	local pid sum=0 stat
	for pid in "$@"; do
		read -r -a stat <"/proc/$pid/stat"
		sum=$((sum + stat[13] + stat[14]))
	done
	echo "$sum"
}

# measure CLIENTS URL COOKIE PIDS...: microseconds of CPU a request, requests a second, p99 in ms.
measure() {
	local clients=$1 url=$2 cookie=$3 before after out
	shift 3
	before=$(ticks "$@")
	out=$(wrk -t1 -c"$clients" -d"${SECONDS_EACH}s" --latency -H "Cookie: $cookie" -H 'Accept: text/html' -H 'Accept-Language: en' "$url")
	after=$(ticks "$@")
	awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" '
		/^ *99%/ { p99 = $2 + 0; if ($2 ~ /us$/) p99 /= 1000; else if ($2 !~ /ms$/) p99 *= 1000 }
		/requests in/ { n = $1 } /Requests\/sec/ { rate = $2 } /Non-2xx/ { bad = 1 }
		END { if (bad || !n) exit 1; printf "%.2f %.0f %.2f\n", ticks / hz * 1e6 / n, rate, p99 }' <<<"$out"
}

# start_nginx BUSY_PORT TYPE: nginx with a worker a core sends the files of $WORK/www, which it makes, as TYPE from a port near
# BUSY_PORT; sets nginx_port and workers (its workers' process ids).
start_nginx() {
	mkdir "$WORK/www"
	nginx_port=$(($1 == 65535 ? 65534 : $1 + 1))
	cat >"$WORK/nginx.conf" <<-CONF
		worker_processes $(nproc); daemon on; pid $WORK/nginx.pid; error_log $WORK/error.log;
		events { worker_connections 1024; }
		http { access_log off; open_file_cache max=100; sendfile on; keepalive_requests 100000000;
		  client_body_temp_path $WORK/b; proxy_temp_path $WORK/p; fastcgi_temp_path $WORK/f; uwsgi_temp_path $WORK/u; scgi_temp_path $WORK/s;
		  server { listen 127.0.0.1:$nginx_port backlog=4096; root $WORK/www; default_type $2; } }
	CONF
	nginx -c "$WORK/nginx.conf" -p "$WORK"
	workers=
	until [[ $(wc -w <<<"$workers") == "$(nproc)" ]]; do # it writes its own id first, then starts them
		[[ ! -s $WORK/nginx.pid ]] || workers=$(cat /proc/"$(cat "$WORK/nginx.pid")"/task/*/children)
	done
}
stop_nginx() { [[ ! -f $WORK/nginx.pid ]] || kill "$(cat "$WORK/nginx.pid")" 2>/dev/null || true; }

# median FILE COLUMN
median() { awk -v column="$2" '{ print $column }' "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
least() { awk -v column="$2" '{ print $column }' "$1" | sort -n | head -1; }
ratio() { awk "BEGIN { printf \"%.2f\", $1 / $2 }"; }

# within VALUE LIMIT WHAT: VALUE <= LIMIT, or a line and a failing status at the end.
within() {
	awk "BEGIN { exit !($1 <= $2) }" || { echo "$3: $1 is above the limit of $2"; status=1; }
}
