#!/usr/bin/env bash
# The browser journeys through a hall with a small sample city: phone and desktop, script on and off, both languages; axe-core on
# every page. Usage: test.sh BUILD
set -euo pipefail
build=$1
[[ -x ${CHROMIUM:-/usr/bin/chromium} ]] || { echo "ok 1 - journeys # SKIP no Chromium at ${CHROMIUM:-/usr/bin/chromium}"; exit 0; }
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
server=
trap '[[ -n $server ]] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
"$root/e2e/install.sh"
"$build/src/app/tongban" city build "$work/data" --from "$root" --cases 300 >"$work/city" 2>&1 || { tail -5 "$work/city"; exit 1; }
# A second version of a service, and officers who are new.
cp -a "$root/services/residence-permit" "$work/service"
printf '\nBring a sample.\n' >>"$work/service/guide.en.md"
"$build/src/app/tongban" service publish "$work/service" --data "$work/data" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
for name in phone desktop gone; do
	echo "  - {login: newcomer-$name, code: \"49$((${#name}))\", name: 示例新人, department: data-bureau, posts: [auditor]}"
done | sed '1i officers:' >"$work/new.yaml"
"$build/src/app/tongban" org load "$work/new.yaml" --data "$work/data" >"$work/newcomers" 2>/dev/null
sed -i 's/\(login: newcomer-gone.*\)}/\1, closed: true}/' "$work/new.yaml"
"$build/src/app/tongban" org load "$work/new.yaml" --data "$work/data" 2>/dev/null
"$build/src/app/tongban" serve --data "$work/data" --listen 127.0.0.1:0 >"$work/said" 2>"$work/log" &
server=$!
until grep -q 'port [0-9]' "$work/said"; do
	kill -0 "$server" || { cat "$work/said" "$work/log"; exit 1; }
	read -rt 0.05 <> <(:) || true
done
E2E_OUT=${E2E_OUT:-} E2E_NEWCOMERS=$(<"$work/newcomers") node "$root/e2e/run.mjs" "http://127.0.0.1:$(grep -oE 'port [0-9]+' "$work/said" | grep -oE '[0-9]+')"
