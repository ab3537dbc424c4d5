/* The whole run of pogen over a source tree; see pogen.h. */
#include "tools/files/files.h"
#include "tools/pogen/pogen.h"

#include "base/banned.h"

enum { MAX_LANGUAGES = 16 };

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

	buf_init(&out, arena, POGEN_MAX_OUTPUT);
	buf_printf(&out, "%s:", output);
	for (size_t i = 0; i < sources->files.len; i++)
		buf_printf(&out, " \\\n %s/%.*s", root, SV_FMT(sources->files.at[i]));
	for (size_t i = 0; i < sources->folders.len; i++)
		buf_printf(&out, " \\\n %s/%.*s", root, SV_FMT(sources->folders.at[i]));
	buf_byte(&out, '\n');
	return buf_view(&out);
}

void pogen_list_missing(struct report *report, const char *root, struct buf *out)
{
	struct sources sources = { 0 };

	read_sources(report, root, &sources);
	for (size_t i = 0; i < sources.count; i++)
		po_list_missing(out, &sources.languages[i], &sources.marks);
}

void pogen_generate(struct report *report, const char *root, const char *output, const char *deps, struct buf *warnings)
{
	struct sources sources = { 0 };
	struct buf out;

	read_sources(report, root, &sources);
	for (size_t i = 0; i < sources.count; i++)
		po_check(report, &sources.languages[i], &sources.marks, warnings);
	if (report->faults)
		return;
	buf_init(&out, report->arena, POGEN_MAX_OUTPUT);
	emit_locales(&out, sources.languages, sources.count);
	if (!files_write(output, buf_view(&out)) || !files_write(deps, depfile(report->arena, root, output, &sources)))
		FAULT(report, sv_of(output), 0, "cannot be written; check the folder and the space on the disk");
}
