/* Tests of base/xml: tree, namespaces, joined text, refusals (DOCTYPE and entity bombs among them), escaping. */
#include "test/kit/kit.h"

#include "base/xml.h"

#include "base/write_kit.h"

#include "base/banned.h"

static const struct xml *parse(struct kit *kit, struct sv text)
{
	struct xml *root = NULL;

	assert_ok(kit, xml_parse(&kit->ctx, SV("t.xml"), text, &root));
	return root;
}

static void assert_refused(struct kit *kit, enum rc rc, struct sv text, uint32_t line, const char *part)
{
	struct xml *root = NULL;

	assert_int_equal(xml_parse(&kit->ctx, SV("t.xml"), text, &root), rc);
	assert_null(root);
	if (!strstr(kit->err.msgid, part))
		fail_msg("message «%s» lacks «%s»", kit->err.msgid, part);
	assert_int_equal(kit->err.line, line);
	assert_sv_equal(kit->err.file, "t.xml");
	error_clear(&kit->ctx);
}

static void test_tree(void **state)
{
	struct kit *kit = *state;
	const struct xml *root = parse(kit, SV("<?xml version=\"1.0\"?>\n"
					       "<d:defs xmlns:d='urn:d' xmlns='urn:m' id='r' d:id='q'>\n"
					       "  <item n='1'>one<b/> &amp; <![CDATA[<two>]]>&#20108;</item>\n"
					       "  <!-- note --><item n='2'/>\n"
					       "  <x xmlns=''><item n='3'/></x>\n"
					       "</d:defs>"));

	assert_sv_equal(root->ns, "urn:d");
	assert_sv_equal(root->name, "defs");
	assert_int_equal(root->line, 2);
	assert_sv_equal(xml_attr(root, "id"), "r");
	assert_sv_equal(xml_attr_ns(root, "urn:d", "id"), "q");
	assert_true(sv_is_absent(xml_attr(root, "none")));
	const struct xml *item = xml_child(root, "urn:m", "item");
	assert_sv_equal(item->text, "one & <two>二");
	assert_int_equal(item->line, 3);
	assert_sv_equal(item->first->name, "b");
	assert_ptr_equal(item->parent, root);
	item = xml_next(item, "urn:m", "item");
	assert_sv_equal(xml_attr(item, "n"), "2");
	assert_sv_equal(item->text, "");
	assert_null(xml_next(item, "urn:m", "item"));
	const struct xml *x = xml_child(root, NULL, "x");
	assert_true(sv_is_absent(x->ns));
	assert_true(xml_is(x, NULL, "x"));
	assert_false(xml_is(x, "urn:m", "x"));
	assert_non_null(xml_child(x, NULL, NULL));
	assert_null(xml_child(NULL, NULL, NULL));
	assert_false(xml_is(NULL, NULL, NULL));
}

static void test_refusals(void **state)
{
	struct kit *kit = *state;

	assert_refused(kit, RC_MALFORMED, SV("<!DOCTYPE a><a/>"), 1, "DOCTYPE");
	assert_refused(kit, RC_MALFORMED, SV("<?xml version='1.0'?>\n<!DOCTYPE a [\n<!ENTITY a 'aaaaaaaaaa'>\n"
					     "<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>\n<!ENTITY c '&b;&b;&b;&b;&b;&b;'>]>\n<a>&c;</a>"),
		2, "DOCTYPE");
	assert_refused(kit, RC_MALFORMED, SV("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>"), 1, "DOCTYPE");
	assert_refused(kit, RC_MALFORMED, SV("<a>\n&e;</a>"), 2, "entity");
	assert_refused(kit, RC_MALFORMED, SV("<a>\n<b></a>"), 2, "closing tag");
	assert_refused(kit, RC_MALFORMED, SV("<a>\n<b"), 2, "ends too early");
	assert_refused(kit, RC_MALFORMED, SV(""), 1, "no element");
	assert_refused(kit, RC_MALFORMED, SV("<a x='1' x='2'/>"), 1, "twice");
	assert_refused(kit, RC_MALFORMED, SV("<p:a/>"), 1, "prefix");
	assert_refused(kit, RC_MALFORMED, SV("<a/>\n<b/>"), 2, "behind the end");
	assert_refused(kit, RC_MALFORMED, SV("<a>1 < 2</a>"), 1, "well-formed");
	assert_refused(kit, RC_MALFORMED, SV("<a>\xC3\x28</a>"), 1, "well-formed");
	assert_refused(kit, RC_MALFORMED, SV("<a>\0</a>"), 1, "well-formed");
	assert_refused(kit, RC_MALFORMED, SV("<?xml version='1.0' encoding='GB18030'?><a/>"), 1, "encoding");
}

static void test_limits(void **state)
{
	struct kit *kit = *state;
	struct buf buf;
	struct xml *root;

	buf_init(&buf, &kit->arena, 1 << 16);
	for (int i = 0; i < 256; i++)
		buf_sv(&buf, SV("<a>"));
	size_t open = buf.len;
	for (int i = 0; i < 256; i++)
		buf_sv(&buf, SV("</a>"));
	assert_ok(kit, xml_parse(&kit->ctx, SV("t"), buf_view(&buf), &root));
	buf.len = open;
	buf_sv(&buf, SV("<a>"));
	assert_refused(kit, RC_TOO_LARGE, buf_view(&buf), 1, "too deeply");
	static const char nothing[1];
	assert_refused(kit, RC_TOO_LARGE, (struct sv){ nothing, (64ul << 20) + 1 }, 0, "too large");
}

/* Any text that XML can carry survives being written and read, in content and in an attribute. */
static void test_escaping(void **state)
{
	struct kit *kit = *state;
	struct sv text = SV("<a b=\"c\">&amp; 二十\r\n\t'😀 ]]> ");
	struct buf buf;

	buf_init(&buf, &kit->arena, 1000);
	buf_sv(&buf, SV("<a b=\""));
	write_xml_text(&buf, text);
	buf_sv(&buf, SV("\">"));
	write_xml_text(&buf, text);
	buf_sv(&buf, SV("</a>"));
	const struct xml *root = parse(kit, buf_view(&buf));
	assert_sv_equal(root->text, text.ptr);
	assert_sv_equal(xml_attr(root, "b"), text.ptr);
}

static enum rc parse_items(struct ctx *ctx, struct sv input)
{
	struct xml *root = NULL;

	return xml_parse(ctx, SV("t"), input, &root);
}

static enum rc refuse_text(struct ctx *ctx, struct sv input)
{
	assert_int_equal(parse_items(ctx, input), RC_MALFORMED);
	return RC_OK;
}

static void test_memory_faults(void **state)
{
	struct kit *kit = *state;
	struct buf buf;

	buf_init(&buf, &kit->arena, 1 << 20);
	buf_sv(&buf, SV("<list>"));
	for (int i = 0; i < 400; i++)
		buf_printf(&buf, "<item%d name=\"%d\">text of some length %d</item%d>", i, i, i, i);
	buf_sv(&buf, SV("</list>"));
	assert_true(kit_memory_faults(kit, parse_items, buf_view(&buf)) >= 3);
	assert_true(kit_memory_faults(kit, refuse_text, SV("<!DOCTYPE a>")) >= 1);
	assert_true(kit_memory_faults(kit, refuse_text, SV("<")) >= 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_tree), TEST(test_refusals), TEST(test_limits), TEST(test_escaping), TEST(test_memory_faults),
	};

	return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
