#!/usr/bin/env bash
# Keeps the books true: every link between them leads somewhere, each has a title, and the service of docs/designer/index.md, made from its
# blocks, passes the lint and its cases; casefile's table of acts is that of the code; the
# commands named exist. Speaks TAP. Usage: test.sh BUILD
set -uo pipefail
build=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root" || exit 2
number=0 failed=0

report() { # what, file with the faults
	number=$((number + 1))
	if [[ -s $2 ]]; then
		echo "not ok $number - $1"
		sed 's/^/# /' "$2"
		failed=1
	else
		echo "ok $number - $1"
	fi
}

pages=$(find docs README.md src -name '*.md')
for page in $pages; do
	# Links outside blocks of code: [words](address), without those to other sites and places in the page.
	awk '/^```/ { code = !code } !code' "$page" | grep -oE '\]\([^)#]+' | cut -c3- | grep -vE '^(https?|mailto):' | sort -u | while read -r link; do
		case $link in
		/*) [[ -e .$link ]] ;;
		*) [[ -e $(dirname "$page")/$link ]] ;;
		esac || echo "$page: $link leads nowhere"
	done
done >"$work/links"
report 'every link leads somewhere' "$work/links"

for page in $pages; do
	[[ $(head -c 2 "$page") == '# ' ]] || echo "$page:1: no title; begin with \"# \""
done >"$work/titles"
report 'every page has a title' "$work/titles"

for page in $(find docs -name '*.zh.md' -o -name '*.en.md'); do
	[[ -f ${page%.??.md}.zh.md && -f ${page%.??.md}.en.md ]] || echo "$page: the other language is missing"
done >"$work/languages"
report 'a page for citizens exists in both languages' "$work/languages"

awk -f test/docs/acts.awk src/domain/casefile/casefile.h >"$work/acts"
grep -vxFf src/domain/casefile/README.md "$work/acts" >"$work/missing"
[[ $(grep -c '^| `' src/domain/casefile/README.md) == $(grep -c . "$work/acts") ]] || echo 'the table has other acts than casefile.h' >>"$work/missing"
report 'the table of acts in the README of casefile is that of the code' "$work/missing"

# `tongban ledger fsck`, `tongban verify FILE`: help says "tongban NAME ARGUMENTS", the name of one or two words.
LANG=en "$build/src/app/tongban" help | awk '/^tongban / { print $2; if ($3 ~ /^[a-z]+([|][a-z]+)*$/) { n = split($3, second, "|"); for (i = 1; i <= n; i++) print $2 " " second[i]; two[$2] } }
	END { for (name in two) print name " -" }' >"$work/commands"
grep -noE '(^|[ `/])tongban [a-z]+( [a-z]+)?' $pages | sed -E 's/:[ `\/]?tongban /: /' | while read -r place first second; do
	if grep -qxF "$first -" "$work/commands"; then
		grep -qxF "$first $second" "$work/commands"
	else
		grep -qxF "$first" "$work/commands"
	fi || echo "$place tongban $first $second is no command of the program"
done >"$work/unknown"
report 'every command that the books name is in the program' "$work/unknown"

mkdir "$work/flea-market"
awk -v dir="$work/flea-market/" '
	/^```/ { name = ""; if (match($0, /file=[a-z.]+$/)) name = substr($0, RSTART + 5); next }
	name != "" { print > (dir name) }' docs/designer/index.md
"$build/src/app/tongban" service lint "$work/flea-market" >"$work/said" 2>&1 && : >"$work/said"
report 'the example service has no faults' "$work/said"
"$build/src/app/tongban" service test "$work/flea-market" >"$work/said" 2>&1
grep -q '^2 passed, 0 failed$' "$work/said" && : >"$work/said"
report 'the example service passes its cases' "$work/said"
echo "1..$number"
exit "$failed"
