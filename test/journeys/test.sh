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
"$build/src/app/tongban" serve --data "$work/data" --listen 127.0.0.1:0 >"$work/said" 2>"$work/log" &
server=$!
until grep -q 'port [0-9]' "$work/said"; do
	kill -0 "$server" || { cat "$work/said" "$work/log"; exit 1; }
	read -rt 0.05 <> <(:) || true
done
E2E_OUT=${E2E_OUT:-} node "$root/e2e/run.mjs" "http://127.0.0.1:$(grep -oE 'port [0-9]+' "$work/said" | grep -oE '[0-9]+')"
