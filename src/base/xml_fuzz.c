/* XML: whatever parses is a sound tree, and its texts survive being written and read again. */
#include <assert.h>

#include "base/utf8.h"
#include "base/write_kit.h"
#include "base/xml.h"
#include "test/kit/fuzz.h"

#include "base/banned.h"

static void check_round_trip(struct ctx *ctx, struct sv text)
{
	struct buf buf;
	struct xml *root;

	buf_init(&buf, ctx->arena, 64 << 20);
	buf_sv(&buf, SV("<a b=\""));
	write_xml_text(&buf, text);
	buf_sv(&buf, SV("\">"));
	write_xml_text(&buf, text);
	buf_sv(&buf, SV("</a>"));
	enum rc rc = xml_parse(ctx, SV("fuzz"), buf_view(&buf), &root);
	assert(rc == RC_OK);
	assert(sv_equal(root->text, text) && sv_equal(xml_attr(root, "b"), text));
}

static void check_element(struct ctx *ctx, const struct xml *element, const struct xml *parent)
{
	assert(element->parent == parent && element->name.len && element->line);
	assert(utf8_is_valid(element->name) && !sv_is_absent(element->text));
	check_round_trip(ctx, element->text);
	for (size_t i = 0; i < element->attribute_count; i++)
		check_round_trip(ctx, element->attributes[i].value);
	for (const struct xml *child = xml_child(element, NULL, NULL); child; child = xml_next(child, NULL, NULL))
		check_element(ctx, child, element);
}

static void check(struct ctx *ctx, struct sv input)
{
	struct xml *root;

	if (xml_parse(ctx, SV("fuzz"), input, &root) == RC_OK)
		check_element(ctx, root, NULL);
	else
		assert(ctx->err->msgid && ctx->err->rc != RC_INTERNAL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	return fuzz_run(bytes, len, check);
}
