#!/usr/bin/env bash
# A hall whose disk has no room, and one whose PostgreSQL is stopped and started under it: what it says, what it still does, and
# that it goes on by itself (e2e/outage.mjs). The disk is "full" by a limit on the size of the hall's files. Usage: test.sh BUILD
# Parts: full stopped
set -uo pipefail
build=$1 part=${2:-}
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d /tmp/tongban-outage.XXXXXX)
program=$build/src/app/tongban
server=
finish() {
	[[ -n $server ]] && kill "$server" 2>/dev/null && wait "$server"
	"$root/test/pg/pg.sh" stop "$work/pg" >/dev/null 2>&1
	rm -rf "$work"
}
trap finish EXIT
chmod 755 "$work"

serve() { # options; what the hall says goes through a pipe, which has no limit
	"$program" serve --data "$work/data" --listen 127.0.0.1:0 "$@" >"$work/said" 2> >(cat >"$work/log") &
	server=$!
	until grep -q 'port [0-9]' "$work/said"; do
		kill -0 "$server" || { cat "$work/said" "$work/log"; exit 1; }
		read -rt 0.05 <> <(:) || true
	done
	base=http://127.0.0.1:$(grep -oE '[0-9]+$' "$work/said")
}

city() { "$program" city build "$work/data" --from "$root" --cases 20 "$@" >"$work/city" 2>&1 || { tail -5 "$work/city"; exit 1; }; }

case $part in
full)
	city
	serve
	node "$root/e2e/outage.mjs" full "$base" "prlimit --pid $server --fsize=1:" "prlimit --pid $server --fsize=unlimited:" ;;
stopped)
	"$root/test/pg/pg.sh" start "$work/pg" >/dev/null && "$root/test/pg/pg.sh" create "$work/pg" hall || exit 1
	url=$("$root/test/pg/pg.sh" url "$work/pg" hall)
	city --db "$url"
	serve --db "$url"
	node "$root/e2e/outage.mjs" stopped "$base" "$root/test/pg/pg.sh stop $work/pg" "$root/test/pg/pg.sh start $work/pg" ;;
*) echo "test.sh BUILD full|stopped" >&2; exit 2 ;;
esac
