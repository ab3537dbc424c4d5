#!/bin/sh
# Embeds text files: tools/embed.sh ROOT OUT.c TABLE FILE...  gives `const struct embedded TABLE[]` (app/embedded.h), sorted by path,
# and TABLE_count. Paths are relative to ROOT; the bytes come in by .incbin, so the compiler does not read them as C.
set -eu
root=$1 out=$2 table=$3
shift 3
{
	echo '#include "app/embedded.h"'
	i=0
	for file in "$@"; do
		printf '__asm__(".section .rodata\\n%s_%d: .incbin \\"%s\\"\\n%s_%d_end: .byte 0\\n.previous");\n' "$table" $i "$file" "$table" $i
		printf 'extern const char %s_%d[], %s_%d_end[];\n' "$table" $i "$table" $i
		i=$((i + 1))
	done
	echo "const struct embedded $table[] = {"
	i=0
	for file in "$@"; do
		printf '\t{ "%s", %s_%d, %s_%d_end },\n' "${file#"$root"/}" "$table" $i "$table" $i
		i=$((i + 1))
	done
	echo "};"
	echo "const size_t ${table}_count = $i;"
} >"$out"
