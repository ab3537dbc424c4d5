#!/bin/sh
# Tests of tools/lint.sh: a small tree with one wince each; lint must name the file and the line. Speaks TAP.
set -u
lint=$(cd "$(dirname "$0")/../.." && pwd)/tools/lint.sh
tree=$(mktemp -d) || exit 2
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree/tools" "$tree/src/engine/x" "$tree/build/tools/layercheck" "$tree/build/src"
cp "$lint" "$tree/tools/"
printf '#!/bin/sh\n' >"$tree/build/tools/layercheck/layercheck" # the rooms have tests of their own
chmod +x "$tree/build/tools/layercheck/layercheck"
cd "$tree" && git init -q . || exit 2
file=src/engine/x/x.c
number=0 failed=0

# name, what lint must say (a pattern; empty: nothing at all); the file has been written
check() {
	number=$((number + 1))
	said=$(tools/lint.sh build 2>/dev/null)
	status=$?
	if { [ -z "$2" ] && [ $status = 0 ]; } || { [ -n "$2" ] && [ $status = 1 ] && echo "$said" | grep -qE "^$2"; }; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		echo "# status $status: $said"
		failed=1
	fi
}

# A sound file with the given lines in its middle, which begin at line 4.
around() {
	printf '/* What it is for. */\n#include "base/banned.h"\n\n%s\n' "$1"
}

around 'int f(void) { return 1; }' >"$file"
check 'a sound file' ''
printf 'int x;\n#include "base/banned.h"\n' >"$file"
check 'no opening comment' "$file:1: no opening comment"
printf '/* x */\n#include <stdio.h>\n' >"$file"
check 'banned.h is missing' "$file:2: the last include"
around 'static const char *q = "SELECT id FROM t";' >"$file"
check 'SQL in C' "$file:4: SQL text"
around 'static const char *h = "<p class=\"x\">";' >"$file"
check 'HTML in C' "$file:4: HTML text"
around '/* TODO: more */' >"$file"
check 'an unfinished note' "$file:4: an unfinished note"
around 'typedef struct x x_t;' >"$file"
check 'a typedef of a struct' "$file:4: a typedef"
around 'void *f(void) { return malloc(3); }' >"$file"
check 'memory outside the arena' "$file:4: memory outside the arena"
around 'void f(void) { (void)g(1); }' >"$file"
check 'a result thrown away' "$file:4: a result thrown away"
around 'int f(void) { return fail(ctx, RC_INVALID, "Choose one.", NULL); }' >"$file"
check 'an unmarked message' "$file:4: a message that is not marked"
{ around 'int f(int a) {'; i=0; while [ $i -lt 30 ]; do echo "if (a == $i) a++;"; i=$((i + 1)); done; echo 'return a; }'; } >"$file"
check 'too many branches' "$file:4: cyclomatic 31"
{ around 'int f(int a) {'; i=0; while [ $i -lt 110 ]; do echo 'a++;'; i=$((i + 1)); done; echo 'return a; }'; } >"$file"
check 'a long function' "$file:4: 11[0-9] lines in f"
{ around 'int a;'; i=0; while [ $i -lt 1000 ]; do echo 'int a;'; i=$((i + 1)); done; } >"$file"
check 'a long file' "$file:1: 100[0-9] lines"
around 'int counter = 1;' >"$tree/g.c"
mkdir -p build/src/engine/x/libx.a.p && sed -i '/#include/d' "$tree/g.c" && cc -c -o build/src/engine/x/libx.a.p/g.c.o "$tree/g.c"
around 'int f(void) { return 1; }' >"$file"
check 'a mutable global' 'src/engine/x/g.c:1: counter is a mutable global'
rm -r build/src/engine g.c
# An object as the build names it, of the given text.
object() { # name, text
	printf '%s\n' "$2" >"$1.c"
	mkdir -p "build/src/engine/x/$3" && cc -c -o "build/src/engine/x/$3/$1.c.o" "$1.c" && rm "$1.c"
}
around 'int unused_one(void) { return 1; }' >"$file"
object x 'int unused_one(void) { return 1; }' libx.a.p
object x_test 'int unused_one(void); int main(void) { return unused_one(); }' x_test.p
check 'a function that only a test uses' "$file:1: no program uses unused_one"
around 'int unused_one(void) { return 1; } int other(void) { return unused_one(); }' >"$file"
check 'a function that its own file and a test use' ''
rm -r build/src/engine/x/x_test.p
check 'a function that only its own file uses' "$file:1: only this file uses unused_one"
object main 'int unused_one(void); int main(void) { return unused_one(); }' tongban.p
check 'a function that a program uses' ''
rm -r build/src/engine
touch src/engine/x/x_sql.c && git add src/engine/x/x_sql.c
around 'int f(void) { return 1; }' >"$file"
check 'a generated file that is tracked' 'src/engine/x/x_sql.c:1: looks generated'
echo "1..$number"
exit $failed
