/* The C text of the languages; see pogen.h. */
#include "tools/pogen/pogen.h"

#include "base/banned.h"

static void emit_language(struct buf *out, const struct po *po)
{
	buf_printf(out, "\nstatic const struct locale_entry entries_%.*s[] = {\n", SV_FMT(po->code));
	for (size_t i = 0; i < po->len; i++) {
		buf_sv(out, SV("\t{ "));
		emit_literal(out, po->at[i].msgid);
		buf_sv(out, SV(", "));
		emit_literal(out, po->at[i].text);
		buf_sv(out, SV(" },\n"));
	}
	buf_printf(out, "\t{ 0 },\n};\nconst struct locale locale_%.*s = {\n\t.tag = ", SV_FMT(po->code));
	emit_literal(out, po->tag);
	buf_sv(out, SV(", .code = "));
	emit_literal(out, po->code);
	buf_sv(out, SV(", .self = "));
	emit_literal(out, po->self);
	buf_printf(out, ",\n\t.entries = entries_%.*s, .count = %zu,\n};\n", SV_FMT(po->code), po->len);
}

void emit_locales(struct buf *out, const struct po *languages, size_t count)
{
	buf_sv(out, SV("/* Made by tools/pogen from po/. */\n#include \"base/locales.h\"\n\n"
		       "const struct locale locale_en = { .tag = \"en\", .code = \"en\", .self = \"English\" };\n"));
	for (size_t i = 0; i < count; i++)
		emit_language(out, &languages[i]);
	buf_sv(out, SV("\nconst struct locale *const locales[] = { "));
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "&locale_%.*s, ", SV_FMT(languages[i].code));
	buf_sv(out, SV("&locale_en, NULL };\n"));
}
