/* The command `tongban form`; see form_cmd.h. */
#include "engine/form/form_cmd.h"

#include <stdio.h>

#include "base/file.h"
#include "engine/form/form.h"

#include "base/banned.h"

enum { MAX_FILE = 4 << 20 };

static enum rc read_form(struct ctx *ctx, const char *path, const struct form **ret)
{
	struct sv text;

	TRY(file_read(ctx, path, MAX_FILE, &text));
	return form_parse(ctx, sv_of(path), text, ret);
}

static void count_field(void *own, const struct form_field *field, size_t page, struct sv path)
{
	(void)field; /* only counted */
	(void)page;
	(void)path;
	++*(size_t *)own;
}

enum rc form_command(struct ctx *ctx, int argc, char **argv)
{
	const struct form *form;
	bool is_check = argc == 2 && sv_equal_z(sv_of(argv[0]), "check");
	size_t count = 0;
	struct sv schema;

	if (!is_check && !(argc == 2 && sv_equal_z(sv_of(argv[0]), "schema"))) {
		fprintf(stderr, "usage: tongban form check|schema FILE\n");
		return fail(ctx, RC_INVALID, N_("The command was called with other words than it takes."), NULL);
	}
	TRY(read_form(ctx, argv[1], &form));
	if (is_check) {
		form_each_field(ctx, form, count_field, &count);
		printf("%s: %zu pages, %zu fields\n", argv[1], form->page_count, count);
		return RC_OK;
	}
	TRY(form_schema(ctx, form, &schema));
	printf("%.*s", SV_FMT(schema));
	return RC_OK;
}
