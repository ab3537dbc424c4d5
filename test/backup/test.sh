#!/usr/bin/env bash
# `tongban backup` of a small city and `tongban restore` into another place, on both databases: the ledger is whole there, and nothing
# that is there already is written over. Speaks TAP. Usage: test.sh BUILD
set -uo pipefail
program=$1/src/app/tongban
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
finish() {
	"$root/test/pg/pg.sh" stop "$work/pg" >/dev/null 2>&1
	rm -rf "$work"
}
trap finish EXIT
number=0 failed=0
export LC_ALL=C

check() { # what, status wanted, command...
	local what=$1 wanted=$2 got
	shift 2
	"$@" >"$work/said" 2>&1
	got=$?
	number=$((number + 1))
	if ((got == wanted)); then
		echo "ok $number - $what"
	else
		echo "not ok $number - $what: status $got"
		tail -5 "$work/said" | sed 's/^/# /'
		failed=1
	fi
}

round() { # name, options of the city's database, options of the restored one
	local from to
	read -r -a from <<<"$2"
	read -r -a to <<<"$3"
	check "$1: a city" 0 "$program" city build "$work/$1" --from "$root" --cases 20 "${from[@]}"
	check "$1: backup" 0 "$program" backup "$work/$1.backup" --data "$work/$1" "${from[@]}"
	check "$1: a backup is not written over" 5 "$program" backup "$work/$1.backup" --data "$work/$1" "${from[@]}"
	mkdir "$work/$1-new"
	cp -a "$work/$1/keys" "$work/$1/site.yaml" "$work/$1-new/"
	check "$1: restore" 0 "$program" restore "$work/$1.backup" --data "$work/$1-new" "${to[@]}"
	check "$1: the ledger is whole" 0 "$program" ledger fsck --data "$work/$1-new" "${to[@]}"
	check "$1: data are not written over" 5 "$program" restore "$work/$1.backup" --data "$work/$1-new" "${to[@]}"
}

round sqlite "" ""
"$root/test/pg/pg.sh" start "$work/pg" >/dev/null
"$root/test/pg/pg.sh" create "$work/pg" one
"$root/test/pg/pg.sh" create "$work/pg" two
# An address has spaces: libpq's words come from the environment here.
export PGHOST=$work/pg PGUSER=tongban
round postgres "--db postgres:dbname=one" "--db postgres:dbname=two"
check "a backup of the other kind is refused" 2 "$program" restore "$work/sqlite.backup" --data "$work/postgres-new" --db postgres:dbname=two
echo "1..$number"
exit "$failed"
