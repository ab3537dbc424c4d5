#!/usr/bin/env bash
# ./dev run: makes the sample city once, opens the hall, walks a permit through a scratch copy beside it, keeps the hall open.
#   test/walk/run.sh BUILD [--exit] [--db postgres] [--port N]
set -euo pipefail
BUILD=$1
shift
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
PROGRAM=$BUILD/tongban
EXIT=0 PG=0 PORT=8080
while (($#)); do
	case $1 in
	--exit) EXIT=1 ;;
	--db) [[ ${2:-} == postgres ]] || { echo "--db takes postgres" >&2; exit 2; }; PG=1; shift ;;
	--port) PORT=$2; shift ;;
	*) echo "unknown: $1" >&2; exit 2 ;;
	esac
	shift
done
DATA=$ROOT/data/$([[ $PG == 1 ]] && echo postgres || echo sample)
mkdir -p "$ROOT/data"
SCRATCH=$(mktemp -d "$ROOT/data/walk.XXXXXX")
DB=() SCRATCH_DB=() HALL=''
SCHEMA=$(cd "$ROOT" && find src -name '*_schema*.sql' | LC_ALL=C sort | xargs cat | sha256sum | head -c 16)
# Where the server's own user can reach it; another checkout has another one.
SERVER=/var/tmp/tongban-postgres-$(id -u)-$(sha256sum <<<"$ROOT" | head -c 8)

say() { printf '\033[1m== %s\033[0m\n' "$*"; }
pg() { "$ROOT/test/pg/pg.sh" "$1" "$SERVER" "${@:2}"; }

finish() {
	if [[ $HALL ]]; then kill "$HALL" 2>/dev/null && wait "$HALL" || true; fi
	rm -rf "$SCRATCH"
	if ((PG)); then pg stop >/dev/null 2>&1 || true; fi
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

make_city() {
	say "Making the sample city in $DATA (once, about a minute)"
	rm -rf "$DATA"
	if ((PG)); then
		pg drop tongban
		pg create tongban
	fi
	"$PROGRAM" city build "$DATA" --from "$ROOT" "${DB[@]}"
	echo "$SCHEMA" >"$DATA/built"
}

copy_city() {
	cp -a "$DATA" "$SCRATCH/data"
	if ((PG)); then
		pg drop tongban_walk
		pg copy tongban tongban_walk
	fi
}

open_hall() {
	"$PROGRAM" serve --data "$DATA" --listen "127.0.0.1:$PORT" "${DB[@]}" >"$SCRATCH/said" 2>"$DATA/hall.log" &
	HALL=$!
	until grep -q port "$SCRATCH/said"; do
		kill -0 "$HALL" 2>/dev/null || { HALL='' && tail -n 5 "$DATA/hall.log" >&2 && exit 1; }
		read -rt 0.02 <> <(:) || true
	done
	say "The hall is open: http://127.0.0.1:$PORT   (its log: $DATA/hall.log)"
}

if ((PG)); then
	say "Starting a private PostgreSQL in $SERVER"
	pg start >/dev/null
	DB=(--db "$(pg url tongban)") SCRATCH_DB=(--db "$(pg url tongban_walk)")
fi
# A city of an older program's tables is made again: its acts have not kept what this one's pages show.
if [[ ! -f $DATA/built || $(<"$DATA/built") != "$SCHEMA" ]] || { ((PG)) && ! pg has tongban; }; then make_city; fi
copy_city
((EXIT)) || open_hall
say "A construction permit, walked through a scratch copy as five people would"
node "$ROOT/e2e/walk.mjs" "$PROGRAM" "$SCRATCH/data" "${SCRATCH_DB[@]}" || { echo "The walk was not right." >&2; exit 1; }
if ((EXIT)); then exit 0; fi

say "The hall stays open: http://127.0.0.1:$PORT   (Ctrl-C closes it)"
cat <<'TXT'
Sample sign-ins (password of all: tongban-sample-2026)
  chen             a citizen: her residence permit is granted at once
  lin              a student: an officer checks his
  zhou             has a housing fund account to query
  feng             agent of a developer (construction permits); choose the firm under "Your account"
  wu               legal representative of a noodle shop (food licences)
  planning-desk, planning-review, planning-approve     officers of the planning bureau
  fire-sign, traffic-sign, ecology-sign, housing-sign, police-sign   countersigning departments
  market-desk, market-review, market-inspect, market-approve        officers of market supervision
  data-admin       administrator    data-audit   auditor    data-ledger   keeper of the ledger
TXT
wait "$HALL"
