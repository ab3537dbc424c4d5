#!/bin/sh
# A private PostgreSQL for tests: pg.sh start DIR | url DIR [NAME] | stop DIR | create DIR NAME | has DIR NAME | copy DIR FROM TO |
#   drop DIR NAME
#
# The server lives in DIR, listens on a unix socket there and nowhere else, keeps fsync on and no log for replicas. Run as root it becomes
# the user postgres. `start` prints the URL for TONGBAN_TEST_DB; started again it is a matter of 0.1 s.
set -eu

usage() { sed -n '2,7s/^# //p' "$0" >&2; exit 2; }
[ $# -ge 2 ] || usage
verb=$1
dir=$2
name=${3:-postgres}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "PostgreSQL is not installed; run: apt-get install postgresql" >&2; exit 1; }

as_server() {
	if [ "$(id -u)" = 0 ]; then
		runuser -u postgres -- "$@"
	else
		"$@"
	fi
}

start() {
	mkdir -p "$dir"
	dir=$(cd "$dir" && pwd)
	if [ "$(id -u)" = 0 ]; then
		chown postgres "$dir"
		as_server test -w "$dir" || chmod o+x "$(dirname "$dir")" # a fresh temporary folder lets nobody through
		as_server test -w "$dir" || { echo "the user postgres cannot reach $dir; choose another folder" >&2; exit 1; }
	fi
	if [ ! -f "$dir/data/PG_VERSION" ]; then
		as_server "$bin/initdb" -D "$dir/data" -U tongban --locale=C --encoding=UTF8 --auth=trust --no-instructions \
			>"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; exit 1; }
	fi
	if ! as_server "$bin/pg_ctl" -D "$dir/data" status >/dev/null 2>&1; then
		as_server "$bin/pg_ctl" -D "$dir/data" -l "$dir/data/server.log" -w -t 60 \
			-o "-c listen_addresses='' -c unix_socket_directories='$dir' -c max_connections=60 -c wal_level=minimal -c max_wal_senders=0" start >/dev/null ||
			{ tail -n 20 "$dir/data/server.log" >&2; exit 1; }
	fi
	url
}

url() { echo "postgres:host=$(cd "$dir" && pwd) user=tongban dbname=$name"; }

sql() { PGOPTIONS='-c client_min_messages=warning' "$bin/psql" -q -X -v ON_ERROR_STOP=1 -h "$dir" -U tongban -d postgres -c "$1" >/dev/null; }

case $verb in
start) start ;;
url) url ;;
create) [ $# -eq 3 ] || usage; sql "CREATE DATABASE $name" ;;
has) [ $# -eq 3 ] || usage; "$bin/psql" -q -X -h "$dir" -U tongban -d "$name" -c '' >/dev/null 2>&1 ;;
copy) [ $# -eq 4 ] || usage; sql "CREATE DATABASE $4 TEMPLATE $name" ;;
drop) [ $# -eq 3 ] || usage; sql "DROP DATABASE IF EXISTS $name" ;;
stop) as_server "$bin/pg_ctl" -D "$dir/data" -m fast -w stop >/dev/null ;;
*) usage ;;
esac
