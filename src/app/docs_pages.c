/* The product's own books at /docs: the Markdown files of docs/, embedded. A page that exists in the reader's language
 * (NAME.zh.md, NAME.en.md) is shown in it; books for developers are in English. */
#include "app/docs_html.h"
#include "app/docs_pages.h"
#include "app/embedded.h"
#include "domain/identity/permission.h"

#include "base/banned.h"

struct docs {
	struct sv path;
};
static const struct input_field docs_fields[] = { INPUT(struct docs, path, TEXT, .max = 100) };
static const struct input docs_input = INPUT_OF(struct docs, docs_fields);

static struct sv find(struct ctx *ctx, struct sv name, const char *ending)
{
	struct sv path = arena_printf(ctx->arena, "docs/%.*s%s", SV_FMT(name), ending);

	for (size_t i = 0; i < docs_files_count; i++)
		if (sv_equal_z(path, docs_files[i].path))
			return (struct sv){ docs_files[i].at, (size_t)(docs_files[i].end - docs_files[i].at) };
	return (struct sv){ NULL, 0 };
}

/* The text of the first heading. */
static struct sv heading(struct sv text)
{
	struct sv line = sv_cut(&text, '\n');

	return sv_has_prefix(line, SV("# ")) ? sv_slice(line, 2, line.len) : line;
}

static struct sv without_heading(struct sv text)
{
	struct sv rest = text, line = sv_cut(&rest, '\n');

	return sv_has_prefix(line, SV("# ")) && !sv_is_absent(rest) ? rest : text;
}

static enum rc docs_page(struct ctx *ctx, const struct request *request, struct response *response)
{
	const struct docs *in = request->input;
	struct sv name = sv_is_empty(in->path) ? SV("index") : in->path;

	if (sv_has_suffix(name, SV(".md")))
		name.len -= 3;
	struct sv text = find(ctx, name, locale_is_zh(ctx->locale) ? ".zh.md" : ".en.md");
	if (sv_is_absent(text))
		text = find(ctx, name, ".md");
	if (sv_is_absent(text))
		return fail(ctx, RC_NOT_FOUND, N_("The documentation has no such page."), NULL);
	struct html_docs_page view = {
		.title = heading(text),
		.text = html_safe_markdown(ctx, without_heading(text)),
		.index = sv_equal(name, SV("index")),
	};
	return response_page(ctx, response, &html_docs_page_view, &view);
}

static const struct route docs_routes[] = {
	{ "GET", "/docs", NEEDS(PERMISSION_PUBLIC), &docs_input, docs_page, .view = &html_docs_page_view,
		.summary = N_("Documentation") },
	{ "GET", "/docs/{path...}", NEEDS(PERMISSION_PUBLIC), &docs_input, docs_page, .view = &html_docs_page_view,
		.summary = N_("A page of the documentation") },
};

const struct module docs_module = { .name = "docs", MODULE_LIST(route, docs_routes) };
