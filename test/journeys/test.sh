#!/usr/bin/env bash
# The browser journeys through a hall with a small sample city: phone and desktop, script on and off, both languages; axe-core on
# every page. Each area (a folder in e2e/) has a hall of its own; the last part looks whether they went everywhere.
# Parts: everybody citizen officer rules pages
# Usage: test.sh BUILD PART, with TONGBAN_TEST_WORK naming a folder that the parts share.
set -euo pipefail
build=$1 part=$2 shared=$TONGBAN_TEST_WORK/journeys
[[ -x ${CHROMIUM:-/usr/bin/chromium} ]] || { echo "ok 1 - journeys # SKIP no Chromium at ${CHROMIUM:-/usr/bin/chromium}"; exit 0; }
root=$(cd "$(dirname "$0")/../.." && pwd)
program=$build/src/app/tongban
mkdir -p "$shared"

if [[ $part == pages ]]; then
	areas=$(sed -n 's/^# Parts: \(.*\) pages$/\1/p' "$0") seen=()
	for area in $areas; do seen+=("$shared/$area.seen"); done
	ls "${seen[@]}" >/dev/null 2>&1 || { echo "ok 1 - every page is on somebody's journey # SKIP not every area was run"; exit 0; }
	exec node "$root/e2e/pages.mjs" "${seen[@]}"
fi

# The city, made once: with a second version of a service, and officers who are new.
make_city() { # folder
	local data=$1/data name
	"$program" city build "$data" --from "$root" --cases 300 >"$1/said" 2>&1 || { tail -5 "$1/said"; return 1; }
	cp -a "$root/services/residence-permit" "$1/service"
	printf '\nBring a sample.\n' >>"$1/service/guide.en.md"
	"$program" service publish "$1/service" --data "$data" >"$1/said" 2>&1 || { cat "$1/said"; return 1; }
	for name in phone desktop gone; do
		echo "  - {login: newcomer-$name, code: \"49$((${#name}))\", name: 示例新人, department: data-bureau, posts: [auditor]}"
	done | sed '1i officers:' >"$1/new.yaml"
	"$program" org load "$1/new.yaml" --data "$data" >"$1/newcomers" 2>/dev/null
	sed -i 's/\(login: newcomer-gone.*\)}/\1, closed: true}/' "$1/new.yaml"
	"$program" org load "$1/new.yaml" --data "$data" 2>/dev/null
}

work=$(mktemp -d)
server=
trap '[[ -n $server ]] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
"$root/e2e/install.sh"
if [[ ! -d $shared/city ]]; then
	mkdir "$work/city"
	make_city "$work/city"
	mv "$work/city" "$shared/city"
fi
cp -a "$shared/city/data" "$work/data"
"$program" serve --data "$work/data" --listen 127.0.0.1:0 >"$work/said" 2>"$work/log" &
server=$!
until grep -q 'port [0-9]' "$work/said"; do
	kill -0 "$server" || { cat "$work/said" "$work/log"; exit 1; }
	read -rt 0.05 <> <(:) || true
done
E2E_OUT=${E2E_OUT:-} E2E_SEEN=$shared/$part.seen E2E_NEWCOMERS=$(<"$shared/city/newcomers") \
	node "$root/e2e/run.mjs" "http://127.0.0.1:$(grep -oE 'port [0-9]+' "$work/said" | grep -oE '[0-9]+')" "$part/"
