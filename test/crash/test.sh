#!/usr/bin/env bash
# kill -9 under load on both databases: nothing acknowledged is lost, no fork, restart within two seconds.
#   test/crash/test.sh BUILD     TONGBAN_CRASH_LOOPS sets the number of kills (4; 100 before a release)
set -uo pipefail
BUILD=$1
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
WORK=$(mktemp -d /tmp/tongban-crash.XXXXXX)
LOOPS=${TONGBAN_CRASH_LOOPS:-4}
export LANG=en
finish() {
	"$ROOT/test/pg/pg.sh" stop "$WORK/pg" >/dev/null 2>&1
	rm -rf "$WORK"
}
trap finish EXIT
chmod 755 "$WORK"

"$BUILD/tongban" city build "$WORK/sqlite" --from "$ROOT" --cases 40 >/dev/null 2>&1 || { echo "not ok 1 - the city is made"; exit 1; }
node "$ROOT/e2e/crash.mjs" "$BUILD/tongban" "$WORK/sqlite" "$LOOPS" | sed 's/ - / - sqlite: /'
"$ROOT/test/pg/pg.sh" start "$WORK/pg" >/dev/null && "$ROOT/test/pg/pg.sh" create "$WORK/pg" crash || { echo "not ok 1 - PostgreSQL starts"; exit 1; }
URL=$("$ROOT/test/pg/pg.sh" url "$WORK/pg" crash)
"$BUILD/tongban" city build "$WORK/postgres" --from "$ROOT" --cases 40 --db "$URL" >/dev/null 2>&1 || { echo "not ok 1 - the city is made on PostgreSQL"; exit 1; }
node "$ROOT/e2e/crash.mjs" "$BUILD/tongban" "$WORK/postgres" "$LOOPS" --db "$URL" | sed 's/ - / - postgres: /'
