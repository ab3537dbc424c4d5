#!/usr/bin/env bash
# `tongban backup` of a small city and `tongban restore` into another place, on both databases, and `tongban move` from one
# kind to the other: the ledger is whole there, and nothing that is there already is written over. Speaks TAP. Usage: test.sh BUILD
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
	old_database "$@"
}

# Serves DIR with options until the ledger's head is SIGNED entries or /readyz has said something; what it said is in $work/ready.
serve() { # folder, signed entries to wait for (0: none), options
	local folder=$1 signed=$2 server
	shift 2
	: >"$work/port"
	"$program" serve --data "$folder" --listen 127.0.0.1:0 "$@" >"$work/port" 2>"$work/log" &
	server=$!
	until grep -q 'port [0-9]' "$work/port"; do
		kill -0 "$server" || { cat "$work/log"; return 1; }
		read -rt 0.05 <> <(:) || true
	done
	node - "http://127.0.0.1:$(grep -oE '[0-9]+$' "$work/port")" "$signed" "$work/ready" <<-'JS'
	const [base, signed, ready] = process.argv.slice(2);
	const ask = async (path, options) => { const answer = await fetch(base + path, options); return [answer.status, await answer.text()]; };
	(async () => {
		for (let size = -1; size < Number(signed);) size = Number((await ask('/ledger/checkpoint'))[1].split('\n')[1] ?? 0);
		const said = [await ask('/readyz'), await ask('/ledger'), await ask('/sign-in', { method: 'POST', headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'Accept-Language': 'en' }, body: '{"login":"chen","password":"x"}' })];
		require('fs').writeFileSync(ready, said.map((one) => one.join(' ')).join('\n'));
	})();
	JS
	kill "$server"
	wait "$server"
}

# The database of the backup beside the head that was signed after it: read, not written, and ready again with the newest one.
old_database() { # name, options of the city's database, options of the restored one
	local from to size
	read -r -a from <<<"$2"
	read -r -a to <<<"$3"
	size=$("$program" ledger state --data "$work/$1" "${from[@]}" | sed -n 's/^size //p')
	cp -a "$root/services/residence-permit" "$work/$1-service"
	echo >>"$work/$1-service/guide.en.md"
	check "$1: an act after the backup" 0 "$program" service publish "$work/$1-service" --data "$work/$1" "${from[@]}"
	check "$1: it is signed" 0 serve "$work/$1" $((size + 1)) "${from[@]}"
	cp -a "$work/$1/keys/head" "$work/$1-new/keys/"
	check "$1: the old database is served" 0 serve "$work/$1-new" 0 "${to[@]}"
	check "$1: it says that it is not ready" 0 grep -qE '^503 database not ready: it lacks entries' "$work/ready"
	check "$1: it is read" 0 grep -qE '^200 .*doctype html' "$work/ready"
	check "$1: it is not written" 0 grep -qE '^503 .*put back in order' "$work/ready"
	check "$1: the log says why" 0 grep -qE '"event":"writes refused","detail":"the key holder has signed [0-9]+ entries' "$work/log"
	check "$1: commands do not write either" 8 "$program" service publish "$work/$1-service" --data "$work/$1-new" "${to[@]}"
	check "$1: commands read it" 0 "$program" ledger fsck --data "$work/$1-new" "${to[@]}"
	check "$1: the newest database is ready" 0 serve "$work/$1" 0 "${from[@]}"
	check "$1: and says so" 0 grep -qE '^200 database ok' "$work/ready"
}

round sqlite "" ""
"$root/test/pg/pg.sh" start "$work/pg" >/dev/null
"$root/test/pg/pg.sh" create "$work/pg" one
"$root/test/pg/pg.sh" create "$work/pg" two
# An address has spaces: libpq's words come from the environment here.
export PGHOST=$work/pg PGUSER=tongban
round postgres "--db postgres:dbname=one" "--db postgres:dbname=two"
check "a backup of the other kind is refused" 2 "$program" restore "$work/sqlite.backup" --data "$work/postgres-new" --db postgres:dbname=two
"$root/test/pg/pg.sh" create "$work/pg" three
check "a database moves" 0 "$program" move --data "$work/sqlite" --db postgres:dbname=three
check "the ledger is whole after moving" 0 "$program" ledger fsck --data "$work/sqlite" --db postgres:dbname=three
check "words are found after moving" 0 psql -d three -Atc \
	"SELECT 1 / (CASE WHEN count(*) > 0 AND min(length(terms)) > 0 THEN 1 ELSE 0 END) FROM search_doc" -v ON_ERROR_STOP=1
for kind in two three; do # a database that was always there, and the one that was moved to
	psql -d "$kind" -Atc "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' UNION ALL SELECT pg_get_constraintdef(oid) FROM pg_constraint \
		WHERE connamespace = 'public'::regnamespace ORDER BY 1" >"$work/$kind.indexes"
done
check "every index and key is there after moving" 0 cmp "$work/two.indexes" "$work/three.indexes"
check "the indexes were listed" 0 test -s "$work/three.indexes"
check "the hall opens on what was moved" 0 serve "$work/sqlite" 0 --db postgres:dbname=three
check "and is ready" 0 grep -qE '^200 database ok' "$work/ready"
check "nothing is moved over data" 5 "$program" move --data "$work/sqlite" --db postgres:dbname=three
check "moving goes to PostgreSQL only" 2 "$program" move --data "$work/sqlite" --db "sqlite:$work/other.db"
echo "1..$number"
exit "$failed"
