#!/usr/bin/env bash
# Runs the tests built in BUILD and closes with one line: N passed, N failed.
#   test/run.sh BUILD [NAME...] [--slow] [--with-peers]
# Every C test is a cmocka program that speaks TAP. Those of suite "data" run twice: on SQLite and on a private PostgreSQL.
# Scripts (test/*/test.sh) speak TAP too; one that names its parts ("# Parts: a b") is a program for each. Journeys (e2e/) run in
# Chromium, each area against a hall of its own. A program that takes longer than LIMIT fails.
set -uo pipefail
BUILD=$(cd "$1" && pwd)
shift
ROOT=$(cd "$(dirname "$0")/.." && pwd)
WORK=$(mktemp -d /tmp/tongban-test.XXXXXX)
LIMIT=300 # seconds
NAMES=() SLOW=0 PEERS=0
for arg in "$@"; do
	case $arg in
	--slow) SLOW=1 ;;
	--with-peers) PEERS=1 ;;
	*) NAMES+=("$arg") ;;
	esac
done
export CMOCKA_MESSAGE_OUTPUT=TAP TONGBAN_BUILD_DIR=$BUILD TONGBAN_TEST_SLOW=$SLOW TONGBAN_WITH_PEERS=$PEERS TONGBAN_TEST_WORK=$WORK
passed=0 failed=0 skipped=0

finish() {
	[[ -n ${PG_STARTED:-} ]] && "$ROOT/test/pg/pg.sh" stop "$WORK/pg" >/dev/null 2>&1
	rm -rf "$WORK"
}
trap finish EXIT

wanted() {
	((${#NAMES[@]} == 0)) && return 0
	local name
	for name in "${NAMES[@]}"; do [[ $1 == *"$name"* ]] && return 0; done
	return 1
}

count() { # label file status seconds
	local ok notok skip
	# A skipped test is "ok N # SKIP" in TAP, and "not ok N # SKIP" as cmocka says it.
	skip=$(grep -ciE '^(not )?ok .*# *skip' "$2")
	ok=$(grep -E '^ok ' "$2" | grep -vciE '# *skip')
	notok=$(grep -E '^not ok ' "$2" | grep -vciE '# *skip')
	if (($3 != 0 && notok == 0)); then
		notok=1
		echo "--- $1 ended with status $3"
		tail -30 "$2"
	fi
	passed=$((passed + ok)) skipped=$((skipped + skip)) failed=$((failed + notok))
	printf '%-44s %4d ok %3d failed %3d skipped %5.1f s\n' "$1" "$ok" "$notok" "$skip" "$4"
	((notok)) && grep -vE '^(ok |1\.\.|# ok)' "$2" | head -60
	return 0
}

run_one() { # label program...
	local label=$1 start end status seconds out
	shift
	out=$WORK/${label//[^a-zA-Z0-9_]/_}.tap
	start=$(date +%s.%N)
	(cd "$BUILD" && exec timeout "$LIMIT" "$@") >"$out" 2>&1
	status=$?
	end=$(date +%s.%N)
	seconds=$(echo "$end $start" | awk '{print $1 - $2}')
	count "$label" "$out" "$status" "$seconds"
}

start_postgres() {
	TONGBAN_TEST_PG=$("$ROOT/test/pg/pg.sh" start "$WORK/pg") || { echo "PostgreSQL did not start"; failed=$((failed + 1)); return 1; }
	PG_STARTED=1
}

# name, suites and command of each test, from the build description
meson introspect --tests "$BUILD" >"$WORK/tests.json"
node -e '
const tests = JSON.parse(require("fs").readFileSync(process.argv[1]));
for (const t of tests) console.log([t.name, t.suite.map(s => s.split(":").pop()).join(","), ["env", ...Object.entries(t.env ?? {}).map(([k, v]) => `${k}=${v}`), ...t.cmd].join("\u001f")].join("\t"));
' "$WORK/tests.json" >"$WORK/tests.tsv"

while IFS=$'\t' read -r name suites cmd <&3; do
	wanted "$name" || continue
	[[ $suites == *slow* && $SLOW == 0 ]] && continue
	IFS=$'\x1f' read -r -a argv <<<"$cmd"
	if [[ $suites == *data* ]]; then
		run_one "$name (sqlite)" "${argv[@]}"
		if [[ -n ${PG_STARTED:-} ]] || start_postgres; then
			TONGBAN_TEST_DB=$TONGBAN_TEST_PG run_one "$name (postgres)" "${argv[@]}"
		fi
	else
		run_one "$name" "${argv[@]}"
	fi
done 3<"$WORK/tests.tsv"

for script in "$ROOT"/test/*/test.sh; do
	[[ -x $script ]] || continue
	name=$(basename "$(dirname "$script")")
	parts=$(sed -n 's/^# Parts: //p' "$script")
	for part in $parts; do wanted "$name $part" && run_one "$name $part" "$script" "$BUILD" "$part"; done
	[[ -z $parts ]] && wanted "$name" && run_one "$name" "$script" "$BUILD"
done

((skipped)) && echo "$skipped skipped: what they need (outside suites, peers) is not here"
echo "$passed passed, $failed failed"
((failed == 0))
