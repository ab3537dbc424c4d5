#!/usr/bin/env bash
# Everything that does not fit, sent to a running hall in both languages (e2e/bad-input.mjs). Usage: test.sh BUILD
set -euo pipefail
build=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
server=
trap '[[ -n $server ]] && kill "$server" 2>/dev/null; rm -rf "$work"' EXIT
"$build/src/app/tongban" city build "$work/data" --from "$root" --cases 20 >"$work/city" 2>&1 || { tail -5 "$work/city"; exit 1; }
"$build/src/app/tongban" serve --data "$work/data" --listen 127.0.0.1:0 >"$work/said" 2>"$work/log" &
server=$!
until grep -q 'port [0-9]' "$work/said"; do
	kill -0 "$server" || { cat "$work/said" "$work/log"; exit 1; }
	read -rt 0.05 <> <(:) || true
done
node "$root/e2e/bad-input.mjs" "http://127.0.0.1:$(grep -oE '[0-9]+$' "$work/said")"
