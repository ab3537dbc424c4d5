#!/usr/bin/env bash
# ./dev run: makes the sample city once, walks a permit through a scratch copy of it, then keeps the hall open.
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
SCRATCH=$(mktemp -d /tmp/tongban-walk.XXXXXX)
DB=() SCRATCH_DB=()
SERVER=/var/tmp/tongban-postgres-$(id -u) # where the server's own user can reach it

say() { printf '\033[1m== %s\033[0m\n' "$*"; }

finish() {
	rm -rf "$SCRATCH"
	if ((PG)); then "$ROOT/test/pg/pg.sh" stop "$SERVER" >/dev/null 2>&1 || true; fi
}
trap finish EXIT

if ((PG)); then
	say "Starting a private PostgreSQL"
	"$ROOT/test/pg/pg.sh" start "$SERVER" >/dev/null
	DB=(--db "$("$ROOT/test/pg/pg.sh" url "$SERVER" tongban)") SCRATCH_DB=(--db "$("$ROOT/test/pg/pg.sh" url "$SERVER" tongban_walk)")
fi

if [[ ! -f $DATA/built ]]; then
	say "Making the sample city in $DATA (once)"
	rm -rf "$DATA" "$DATA.part"
	mkdir -p "$(dirname "$DATA")"
	if ((PG)); then
		"$ROOT/test/pg/pg.sh" drop "$SERVER" tongban
		"$ROOT/test/pg/pg.sh" create "$SERVER" tongban
	fi
	"$PROGRAM" city build "$DATA" --from "$ROOT" "${DB[@]}"
	touch "$DATA/built"
fi

say "A construction permit, walked through a scratch copy as five people would"
cp -a "$DATA" "$SCRATCH/data"
if ((PG)); then
	"$ROOT/test/pg/pg.sh" drop "$SERVER" tongban_walk
	"$ROOT/test/pg/pg.sh" copy "$SERVER" tongban tongban_walk
fi
node "$ROOT/e2e/walk.mjs" "$PROGRAM" "$SCRATCH/data" "${SCRATCH_DB[@]}" || { echo "The walk was not right." >&2; exit 1; }
if ((EXIT)); then exit 0; fi

say "The hall is open: http://127.0.0.1:$PORT   (Ctrl-C closes it)"
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
"$PROGRAM" serve --data "$DATA" --listen "127.0.0.1:$PORT" "${DB[@]}" &
wait $!
