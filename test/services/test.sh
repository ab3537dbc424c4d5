#!/usr/bin/env bash
# The example cases of the shipped service folders, on both databases; and that folders with faults are not published.
#   test/services/test.sh BUILD
set -uo pipefail
BUILD=$1
ROOT=$(cd "$(dirname "$0")/../.." && pwd)
WORK=$(mktemp -d /tmp/tongban-services.XXXXXX)
PROGRAM=$BUILD/tongban
export LANG=en TONGBAN_CITY=$ROOT/city
finish() {
	"$ROOT/test/pg/pg.sh" stop "$WORK/pg" >/dev/null 2>&1
	rm -rf "$WORK"
}
trap finish EXIT
chmod 755 "$WORK"

number=0
check() { # text status
	number=$((number + 1))
	if [[ $2 == 0 ]]; then echo "ok $number - $1"; else echo "not ok $number - $1"; fi
}

for db in sqlite postgres; do
	for dir in "$ROOT"/services/*; do
		options=()
		if [[ $db == postgres ]]; then
			name=service_$(basename "$dir" | tr - _)
			"$ROOT/test/pg/pg.sh" start "$WORK/pg" >/dev/null && "$ROOT/test/pg/pg.sh" create "$WORK/pg" "$name"
			options=(--db "$("$ROOT/test/pg/pg.sh" url "$WORK/pg" "$name")")
		fi
		"$PROGRAM" service test "$dir" "${options[@]}" | grep -v ' passed, ' | sed "s/^\\(ok\\|not ok\\) \\([0-9]*\\) - /\\1 \\2 - $db: /"
	done
done

# One fault each: the lint names file and line, and nothing is published.
fault() { # name file sed-expression expected
	rm -rf "$WORK/residence-permit"
	cp -a "$ROOT/services/residence-permit" "$WORK/"
	sed -i "$3" "$WORK/residence-permit/$2"
	out=$("$PROGRAM" service lint "$WORK/residence-permit" 2>&1)
	status=$?
	[[ $status == 2 && $out == *"$2:"*"$4"* ]]
	check "a folder with a fault is refused: $1" $?
	[[ $out == *"$4"* ]] || echo "# $out" | head -5
}
fault "an unknown key" service.yaml 's/^code:/kode:/' 'kode'
fault "a missing translation" service.yaml '0,/, en: [^}]*}/s//}/' 'English text'
fault "broken YAML" service.yaml '1s/^/\t- [/' ''
fault "broken JSON" form.json '1s/{/{{/' ''
fault "broken XML" process.bpmn 's/<process /<proces /' ''
fault "a decision that is not there" process.bpmn 's/eligibility.dmn#Eligibility/eligibility.dmn#Other/' 'not in the folder'
fault "a task without an act" process.bpmn 's/tb:act="review"//' 'has no act'
fault "a rule that reads an unknown field" process.bpmn 's/outcome = "accepted"/outcom = "accepted"/' 'outcom'
fault "a register read without basis" process.bpmn '0,/ tb:basis="[^"]*"/s///' 'reads a register'
fault "a material that no field takes" form.json 's/"material": "photo"/"material": "picture"/' 'material'
fault "a gap in a table" eligibility.dmn '/Eligibility_rule5">/,/<\/rule>/d' 'Eligibility: gap: No rule matches when'
fault "text that is not UTF-8" guide.en.md '1s/^/\xff/' 'UTF-8'
fault "a limit of the wrong type" service.yaml 's/promised: {days: 5}/promised: soon/' 'wrong form'
fault "neither true nor false" service.yaml '0,/main: true/s//main: perhaps/' 'true or false'
fault "a result that reads what is not there" result.html 's/{{number}}/{{numbr}}/' 'numbr'
fault "a result with a script" result.html 's/<header>/<script>1<\/script><header>/' ''
fault "example cases that cannot be read" cases.yaml '$a cases: [' ''

# A command that is not there is answered with those that are.
out=$(LANG=en "$PROGRAM" service chekc 2>&1)
[[ $? == 2 && $out == *"service lint"* ]]
check "a wrong second word of a command" $?
[[ $("$PROGRAM" --help) == "$("$PROGRAM" help)" ]]
check "--help is help" $?
