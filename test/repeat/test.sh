#!/usr/bin/env bash
# Rows of repeatable blocks, without a script (e2e/repeat.mjs).   test/repeat/test.sh BUILD
set -uo pipefail
BUILD=$1
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
WORK=$(mktemp -d /tmp/tongban-repeat.XXXXXX)
export LANG=en
finish() {
	[[ -n ${PID:-} ]] && kill "$PID" 2>/dev/null && wait "$PID" 2>/dev/null
	rm -rf "$WORK"
}
trap finish EXIT
"$BUILD/tongban" city build "$WORK/city" --from "$ROOT" --cases 20 >/dev/null 2>&1 || { echo "not ok 1 - the city is made"; exit 1; }
mkfifo "$WORK/out"
"$BUILD/tongban" serve --data "$WORK/city" --listen 127.0.0.1:0 >"$WORK/out" 2>/dev/null &
PID=$!
read -r line <"$WORK/out" || { echo "not ok 1 - the hall opens"; exit 1; }
node "$ROOT/e2e/repeat.mjs" "http://127.0.0.1:${line##* }"
