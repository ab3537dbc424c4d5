# What the benchmarks of the whole program share; read by their bench.sh with ROOT, BUILD and WORK set.
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

# median FILE COLUMN
median() { awk -v column="$2" '{ print $column }' "$1" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
least() { awk -v column="$2" '{ print $column }' "$1" | sort -n | head -1; }
ratio() { awk "BEGIN { printf \"%.2f\", $1 / $2 }"; }

# within VALUE LIMIT WHAT: VALUE <= LIMIT, or a line and a failing status at the end.
within() {
	awk "BEGIN { exit !($1 <= $2) }" || { echo "$3: $1 is above the limit of $2"; status=1; }
}
