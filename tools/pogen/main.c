/* pogen ROOT OUT.c DEPFILE: checks the translations in ROOT/po against ROOT/src and writes them as C.
 * pogen --list-missing ROOT: prints the entries to be added to each PO file.
 * Exit code 1 when something is wrong with the translations, 2 on a wrong call. */
#include <stdio.h>

#include "tools/files/files.h"
#include "tools/pogen/pogen.h"

#include "base/banned.h"

enum { MAX_LANGUAGES = 16, MAX_OUTPUT = 64 << 20 };

struct sources {
	struct paths files, folders;
	struct marks marks;
	struct po languages[MAX_LANGUAGES];
	size_t count;
};

static bool is_marked(struct sv name)
{
	static const char *const tests[] = { "_test.c", "_prop.c", "_fuzz.c", "_kit.c" };

	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		if (sv_has_suffix(name, sv_of(tests[i])))
			return false;
	return sv_has_suffix(name, SV(".c")) || sv_has_suffix(name, SV(".h")) || sv_has_suffix(name, SV(".html"));
}

static bool is_po(struct sv name)
{
	return sv_has_suffix(name, SV(".po"));
}

static void read_sources(struct report *report, const char *root, struct sources *sources)
{
	struct paths pos = { 0 };
	struct sv text;

	if (!files_below(report->arena, root, SV("src"), is_marked, &sources->files, &sources->folders)
		|| !files_below(report->arena, root, SV("po"), is_po, &pos, &sources->folders))
		FAULT(report, sv_of(root), 0, "src/ or po/ cannot be read; check the path");
	for (size_t i = 0; i < sources->files.len; i++) {
		struct sv file = sources->files.at[i];
		if (!files_read(report->arena, root, file, &text))
			FAULT(report, file, 0, "the file cannot be read; check its permissions");
		else if (sv_has_suffix(file, SV(".html")))
			marks_from_template(report, file, text, &sources->marks);
		else
			marks_from_c(report, file, text, &sources->marks);
	}
	for (size_t i = 0; i < pos.len && i < MAX_LANGUAGES; i++) {
		*VEC_PUSH(report->arena, &sources->files) = pos.at[i];
		if (files_read(report->arena, root, pos.at[i], &text))
			po_read(report, pos.at[i], text, &sources->languages[sources->count++]);
		else
			FAULT(report, pos.at[i], 0, "the file cannot be read; check its permissions");
	}
}

/* What ninja must watch: every file, and every folder for files that are new. */
static struct sv depfile(struct arena *arena, const char *root, const char *output, const struct sources *sources)
{
	struct buf out;

	buf_init(&out, arena, MAX_OUTPUT);
	buf_printf(&out, "%s:", output);
	for (size_t i = 0; i < sources->files.len; i++)
		buf_printf(&out, " \\\n %s/%.*s", root, SV_FMT(sources->files.at[i]));
	for (size_t i = 0; i < sources->folders.len; i++)
		buf_printf(&out, " \\\n %s/%.*s", root, SV_FMT(sources->folders.at[i]));
	buf_byte(&out, '\n');
	return buf_view(&out);
}

static int list_missing(struct report *report, const char *root)
{
	struct sources sources = { 0 };
	struct buf out;

	read_sources(report, root, &sources);
	buf_init(&out, report->arena, MAX_OUTPUT);
	for (size_t i = 0; i < sources.count; i++)
		po_list_missing(&out, &sources.languages[i], &sources.marks);
	fwrite(buf_view(&out).ptr, 1, out.len, stdout);
	return report->faults ? 1 : 0;
}

static int generate(struct report *report, const char *root, const char *output, const char *deps)
{
	struct sources sources = { 0 };
	struct buf out;

	read_sources(report, root, &sources);
	for (size_t i = 0; i < sources.count; i++) {
		struct buf warnings;
		buf_init(&warnings, report->arena, MAX_OUTPUT);
		po_check(report, &sources.languages[i], &sources.marks, &warnings);
		fwrite(buf_view(&warnings).ptr, 1, warnings.len, stderr);
	}
	if (report->faults)
		return 1;
	buf_init(&out, report->arena, MAX_OUTPUT);
	emit_locales(&out, sources.languages, sources.count);
	if (files_write(output, buf_view(&out)) && files_write(deps, depfile(report->arena, root, output, &sources)))
		return 0;
	FAULT(report, sv_of(output), 0, "cannot be written; check the folder and the space on the disk");
	return 1;
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct buf out;
	int status = 2;

	arena_init(&arena, (size_t)1 << 30);
	buf_init(&out, &arena, MAX_OUTPUT);
	struct report report = { .arena = &arena, .out = &out };
	if (argc == 3 && strcmp(argv[1], "--list-missing") == 0)
		status = list_missing(&report, argv[2]);
	else if (argc == 4)
		status = generate(&report, argv[1], argv[2], argv[3]);
	else
		fputs("usage: pogen ROOT OUT.c DEPFILE\n       pogen --list-missing ROOT\n", stderr);
	fwrite(buf_view(&out).ptr, 1, out.len, stderr);
	arena_release(&arena);
	return status;
}
