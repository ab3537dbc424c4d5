#!/bin/sh
# Static checks of the house that no compiler makes: layers, sizes, SQL or HTML in C, mutable globals, unused functions, habits of
# style.
#
#   tools/lint.sh [BUILD]     BUILD: a build directory with objects, for mutable globals and unused functions (default: build)
#
# Prints "file:line: what is wrong; what to do" and ends with status 1 when there is something. Hard limits
# fail, wished ones are counted at the end.
set -u
cd "$(dirname "$0")/.." || exit 2
build=${1:-build}
found=$(mktemp) || exit 2
trap 'rm -f "$found"' EXIT

sources() { git ls-files -co --exclude-standard -- "$@" | while read -r file; do [ -f "$file" ] && echo "$file"; done; }
code=$(sources 'src/*.c' 'tools/*.c' 'test/*.c' 'bench/*.c')
headers=$(sources 'src/*.h' 'tools/*.h' 'test/*.h' 'bench/*.h')
public=$(echo "$headers" | grep -Ev '_int\.h$|^src/base/banned\.h$')
product=$(sources 'src/*.c' 'src/*.h' | grep -Ev '_(test|fuzz|prop|kit)\.[ch]$')

# Layers.
if [ -x "$build/tools/layercheck/layercheck" ]; then
	"$build/tools/layercheck/layercheck" . | grep -v '^ok ' >>"$found"
else
	echo "tools/lint.sh:1: $build/tools/layercheck/layercheck is not built; run ./dev build first" >>"$found"
fi

# Functions: cyclomatic number (column 1), lines (column 5).
pmccabe $code | awk '
	$1 > 25 { print $6 " cyclomatic " $1 " in " $7 "; split it (hard limit 25)" }
	$5 > 100 { print $6 " " $5 " lines in " $7 "; split it (hard limit 100)" }' |
	sed -E 's/^([^(]+)\(([0-9]+)\):/\1:\2:/' >>"$found"

# Files and headers.
wc -l $code | awk '$2 != "total" && $1 > 1000 { print $2 ":1: " $1 " lines; split the file (hard limit 1000)" }' >>"$found"
wc -l $public | awk '$2 != "total" && $1 > 200 { print $2 ":1: " $1 " lines; split the header (hard limit 200)" }' >>"$found"
for header in $public; do
	awk -v file="$header" '
		/^[ \t]*$/ { next }
		{ all++; at = index($0, "/*"); open = inside }
		at { inside = 1 }
		inside || index($0, "//") { comment++ }
		index($0, "*/") { inside = 0 }
		END { if (all > 15 && comment * 100 < all * 12)
			printf "%s:1: %d %% comment; the header is the manual, say what a caller needs (hard limit 12 %%, wished 30 %%)\n", file, comment * 100 / all }
	' "$header" >>"$found"
done
for file in $code $headers; do # the first thing a reader sees
	case $(head -c 2 "$file") in
	'/*') ;;
	*) echo "$file:1: no opening comment; say in prose what the file is for" ;;
	esac
done >>"$found"
for file in $code; do
	awk -v file="$file" '/^#include/ { last = $0; line = NR }
		END { if (last != "#include \"base/banned.h\"") print file ":" line + 0 ": the last include is not base/banned.h; add it" }' "$file"
done >>"$found"

# Texts that belong elsewhere.
grep -nE '"[^"]*\b(SELECT .* FROM|INSERT INTO|UPDATE [a-z_]+ SET|DELETE FROM|CREATE (TABLE|INDEX)|DROP TABLE)\b' \
	$(echo "$product" | grep -v '^src/store/') /dev/null |
	sed -E 's/^([^:]+:[0-9]+):.*/\1: SQL text in C; write a named statement in a .sql file/' >>"$found"
grep -nE '"[^"]*</?(a|p|div|span|form|input|table|tr|td|th|ul|ol|li|h[1-6]|html|body|head|main|nav|section|button|label|select|option|dl|dt|dd|svg|img|script|style)( [^"]*|/?>)' \
	$(echo "$product" | grep -v '^src/http/') /dev/null |
	grep -vE ':[0-9]+:[[:space:]]*(/?\*|//)' |
	sed -E 's/^([^:]+:[0-9]+):.*/\1: HTML text in C; write it in a template/' >>"$found"

# Habits.
grep -nE '\b(TODO|FIXME|XXX|HACK)\b' $code $headers /dev/null |
	sed -E 's/^([^:]+:[0-9]+):.*/\1: an unfinished note; finish it or take it out/' >>"$found"
grep -nE '^[[:space:]]*typedef[[:space:]]+(struct|union|enum)\b[^(]*$' $code $headers /dev/null |
	sed -E 's/^([^:]+:[0-9]+):.*/\1: a typedef of a struct; write struct x where it is used/' >>"$found"
grep -nE '\b(sleep|usleep|nanosleep|thrd_sleep)[[:space:]]*\(' $(echo "$code" | grep -E '_(test|prop)\.c$') /dev/null |
	sed -E 's/^([^:]+:[0-9]+):.*/\1: a test sleeps; wait for the condition, or move the virtual clock/' >>"$found"
grep -nE '\b(malloc|calloc|realloc|strdup|strndup|asprintf)[[:space:]]*\(' \
	$(echo "$product" | grep -E '^src/(engine|domain|app)/') /dev/null | grep -v '/\*' |
	sed -E "s/^([^:]+:[0-9]+):.*/\1: memory outside the arena; take it from the caller's arena, or say why not in a comment/" >>"$found"
grep -nE '\(void\)[[:space:]]*[a-z_]+[[:space:]]*\(' $product /dev/null | grep -vE '/\*|fail_field' |
	sed -E 's/^([^:]+:[0-9]+):.*/\1: a result thrown away without a reason; handle it, or say why in a comment/' >>"$found"
grep -nE '\bfail(_at|_field)?\([^"]*, "[A-Z]' $product /dev/null |
	sed -E 's/^([^:]+:[0-9]+):.*/\1: a message that is not marked; write N_("...")/' >>"$found"

# Files that a tool makes.
git ls-files | grep -E '_(sql|html)\.[ch]$|\.(o|a|so|gch|gcda|gcno|pyc|map)$|(^|/)(node_modules|build|dist)/|\.min\.(js|css)$' |
	sed 's/$/:1: looks generated but is tracked; make it at build time/' >>"$found"

# Mutable globals of the product, thread-local ones included: objects in .data, .bss, .tdata and .tbss.
allowed='fail_countdown log_state kept' # arena.c and log.c: test hooks and the level; hash.c: a thread's digest
objects=$(find "$build/src" -name '*.o' 2>/dev/null | grep -Ev '(_test|_fuzz|_prop|_kit)\.(c\.o$|p/)')
if [ -n "$objects" ]; then
	for object in $objects; do
		source=$(echo "$object" | sed -E 's|^.*/src/([^ ]*)/[^/]*\.p/([^/]*)\.o$|src/\1/\2|')
		objdump -t "$object" 2>/dev/null |
			awk -v file="$source" 'NF > 4 && $(NF - 2) ~ /^\.t?(data|bss)(\.|$)/ && $(NF - 2) !~ /^\.data\.rel\.ro/ &&
				$(NF - 1) !~ /^0*$/ { name = $NF; sub(/\.[0-9]+$/, "", name); print file ":1: " name }' |
			while read -r place name; do
				case " $allowed " in
				*" $name "*) ;;
				*) echo "$place $name is a mutable global; keep it in the ctx or in a struct that somebody owns" ;;
				esac
			done
	done >>"$found"
	[ "$(echo "$allowed" | wc -w)" -le 5 ] || echo "tools/lint.sh:1: more than 5 mutable globals are allowed; remove one" >>"$found"
else
	echo "tools/lint.sh: no objects under $build/src: mutable globals not checked (build first)" >&2
fi

# Functions of the product that no program uses: tests do not count. What only its own file uses is static there.
# For tests: faults and what they leave (arena_fail_block, log_*, store_check, ledger_leaves_of_case), a signer without a process
# (signer_local_init), the vectors of other logs (tlog_check_subtree_*), one act through the writer (writer_run).
unused_allowed='main LLVMFuzzerTestOneInput arena_fail_block log_error_count log_set_level store_check ledger_leaves_of_case
	signer_local_init tlog_check_subtree_inclusion tlog_check_subtree_consistency writer_run'
if [ -n "$objects" ]; then
	find "$build" -name '*.o' -print0 | xargs -0 nm -A 2>/dev/null | awk -v allowed="$unused_allowed" '
		BEGIN { n = split(allowed, name, /[ \t\n]+/); for (i = 1; i <= n; i++) program[name[i]] = 1 }
		{
			object = $0; sub(/:[^:]*$/, "", object)
			is_test = object ~ /(_test|_prop)\.p\/|_fuzz|_kit\.c\.o$|(^|\/)test\//
			if ($(NF - 1) == "U" && is_test) test[$NF] = 1
			else if ($(NF - 1) == "U") program[$NF] = 1
			else if ($(NF - 1) == "T" && !is_test && object ~ /(^|\/)src\// && object !~ /_(sql|html)\.c\.o$/) {
				sub(/^.*\/src\//, "src/", object); sub(/\/[^\/]*\.p\//, "/", object); sub(/\.o$/, "", object)
				file[$NF] = object
			}
		}
		END { for (f in file) if (!(f in program)) print file[f], f, f in test }' |
		while read -r source name tested; do
			if [ "$(grep -ow "$name" "$source" | wc -l)" -lt 2 ]; then # its definition alone
				echo "$source:1: no program uses $name; remove it, with its tests"
			elif [ "$tested" = 0 ]; then
				echo "$source:1: only this file uses $name; make it static"
			fi
		done >>"$found"
fi

sort -u -t: -k1,1 -k2,2n -k3 "$found"

# To be read again, no fault by itself: runs of more than six lines that stand in two places.
awk '
	FNR == 1 { filled = 0 }
	{ line = $0; gsub(/[ \t]+/, " ", line); sub(/^ /, "", line) }
	line == "" || line ~ /^[{}(); ]*$/ || line ~ /^(#|\/\*|\*)/ || line ~ /^(break|return RC_OK);$/ || line ~ /^case [A-Z_0-9]+:$/ { next }
	{
		for (i = 1; i < 7; i++) { text[i] = text[i + 1]; at[i] = at[i + 1] }
		text[7] = line; at[7] = FNR
		if (++filled < 7) next
		key = text[1] "\n" text[2] "\n" text[3] "\n" text[4] "\n" text[5] "\n" text[6] "\n" text[7]
		if (key in seen && (FILENAME != last || FNR > until)) {
			print FILENAME ":" at[1] ": note: the same seven lines as " seen[key] "; could they be one function?"
			last = FILENAME; until = FNR + 7
		}
		if (!(key in seen)) seen[key] = FILENAME ":" at[1]
	}' $(echo "$product" | grep '\.c$') >&2
echo "wished limits: $(pmccabe $code | awk '$1 > 15 || $5 > 60' | wc -l) functions over 15 branches or 60 lines," \
	"$(wc -l $code | awk '$2 != "total" && $1 > 600' | wc -l) files over 600 lines," \
	"$(wc -l $public | awk '$2 != "total" && $1 > 75' | wc -l) public headers over 75;" \
	"$(grep -cE '\(void\)[a-z_]+[,;]' $product /dev/null | awk -F: '{ n += $2 } END { print n }') (void) casts;" \
	"$(awk -v RS=';' '{ gsub(/\/\*([^*]|\*[^\/])*\*\//, ""); gsub(/\([^()]*\)\(|\(\*[^()]*\)/, "");
		if ($0 !~ /[{=]/ && match($0, /\([^()]*\)[ \n]*$/)) { list = substr($0, RSTART, RLENGTH); if (gsub(/,/, "", list) > 4) n++ } } END { print n + 0 }' $public) functions of more than 5 parameters;" \
	"$(cat $product | grep -cE '\bassert\(') asserts in $(cat $product | wc -l) lines" >&2
[ ! -s "$found" ]
