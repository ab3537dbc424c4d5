#!/usr/bin/env bash
# Keeps docs/developer/first-page.md true: copies the tree, does what the document says, builds the program and asks it for
# the page, in both languages, as HTML and as JSON. Speaks TAP. Usage: test.sh BUILD (unused: this builds a tree of its own)
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
server=
trap '[[ -n $server ]] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
number=0 failed=0

check() { # what, pattern, file
	number=$((number + 1))
	if grep -qF -- "$2" "$3"; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1: no “$2”"
		tail -c 1200 "$3" | sed 's/^/# /'
		failed=1
	fi
}

mkdir "$work/tree"
(cd "$root" && git ls-files -co --exclude-standard -z | tar --null --ignore-failed-read -cf - -T - 2>/dev/null) | tar -xf - -C "$work/tree"
# The front-end packages are the same; fetching them once is enough.
[[ -d $root/web/node_modules ]] && cp -a "$root/web/node_modules" "$work/tree/web/"
node "$root/test/first_page/apply.mjs" "$root/docs/developer/first-page.md" "$work/tree"
if ! { meson setup "$work/build" "$work/tree" -Doptimization=0 -Ddebug=false && ninja -C "$work/build" src/app/tongban; } >"$work/log" 2>&1; then
	echo "not ok 1 - the program builds with the new page"
	grep -E "error|FAILED|undefined" "$work/log" | head -20 | sed 's/^/# /'
	exit 1
fi
check 'the program builds with the new page' 'src/app/tongban' "$work/log"

mkdir "$work/data"
"$work/build/src/app/tongban" serve --data "$work/data" --listen 127.0.0.1:0 >"$work/said" 2>"$work/errors" &
server=$!
for _ in $(seq 200); do
	grep -q 'port [0-9]' "$work/said" && break
	kill -0 "$server" || break
	read -rt 0.05 <> <(:) || true
done
port=$(grep -oE 'port [0-9]+' "$work/said" | grep -oE '[0-9]+' || true)
ask() { # accept, language, address, file
	curl -s --max-time 10 -H "Accept: $1" -H "Cookie: lang=$2" "http://127.0.0.1:$port$3" >"$work/$4" || true
}
ask text/html en '/today?until=2099-12-31' en
ask text/html zh '/today?until=2099-12-31' zh
ask application/json en '/today?until=2099-12-31' json
ask text/html en '/today?until=31.12.2099' wrong
check 'the page in English' 'days until Thu 31 December 2099' "$work/en"
check 'the page in Chinese' '2099年12月31日(周四)' "$work/zh"
check 'its JSON twin' '"until":"2099-12-31"' "$work/json"
check 'a wrong date is refused with words' '2026-03-03' "$work/wrong"
"$work/build/src/app/tongban" routes >"$work/routes" || true
check 'the table of routes knows it' '/today' "$work/routes"
echo "1..$number"
exit "$failed"
