/* PO files: reading, checking against the marks, listing what is missing. See pogen.h. */
#include <stdlib.h>

#include "base/utf8.h"
#include "tools/pogen/pogen.h"

#include "base/banned.h"

enum part { NOTHING, MSGID, MSGSTR };

struct reader {
	struct report *report;
	struct po *po;
	struct { VEC(struct po_entry); } entries;
	unsigned line;
	enum part part; /* what a continuation line adds to */
	struct buf msgid, text;
	unsigned entry_line; /* of the msgid being read; 0 = none */
	bool fuzzy, next_fuzzy;
};

/* The value of "Name: value\n" in the header entry. */
static struct sv header_field(struct sv header, struct sv name)
{
	while (!sv_is_absent(header)) {
		struct sv line = sv_cut(&header, '\n');
		if (sv_has_prefix(line, name))
			return sv_trim(sv_slice(line, name.len, line.len));
	}
	return (struct sv){ NULL, 0 };
}

static void read_header(struct reader *r, struct sv header, unsigned line)
{
	struct po *po = r->po;

	po->tag = header_field(header, SV("X-Tag:"));
	po->code = header_field(header, SV("X-Code:"));
	po->self = header_field(header, SV("X-Self:"));
	if (po->tag.len == 0 || po->code.len == 0 || po->self.len == 0)
		FAULT(r->report, po->file, line,
			"the header lacks X-Tag, X-Code or X-Self; add for example \"X-Tag: zh-Hans\\n\"");
}

static void finish_entry(struct reader *r)
{
	struct arena *arena = r->report->arena;
	struct sv msgid = arena_copy(arena, buf_view(&r->msgid)), text = arena_copy(arena, buf_view(&r->text));
	unsigned line = r->entry_line;

	if (line == 0)
		return;
	r->entry_line = 0;
	r->part = NOTHING;
	if (msgid.len == 0) {
		read_header(r, text, line);
		return;
	}
	struct po_entry *entry = VEC_PUSH(arena, &r->entries);
	*entry = (struct po_entry){ msgid, text, line, r->fuzzy };
	if (!map_put(arena, &r->po->by_msgid, msgid, (void *)(uintptr_t)r->entries.len))
		FAULT(r->report, r->po->file, line, "“%.*s” stands twice; keep one of them", SV_FMT(msgid));
}

/* The quoted part of a line; goes to the msgid or the text. */
static void read_quoted(struct reader *r, struct sv line)
{
	size_t at = 1;
	struct sv part;

	if (!sv_has_prefix(line, SV("\"")) || !read_literal(r->report->arena, line, &at, &part) || at != line.len)
		FAULT(r->report, r->po->file, r->line, "the text is not in quotation marks; write it as \"...\"");
	else if (r->part == NOTHING)
		FAULT(r->report, r->po->file, r->line, "a text without msgid or msgstr before it; put it where it belongs");
	else
		buf_sv(r->part == MSGID ? &r->msgid : &r->text, part);
}

static void read_line(struct reader *r, struct sv line)
{
	if (sv_has_prefix(line, SV("#"))) {
		finish_entry(r);
		if (sv_has_prefix(line, SV("#,")) && sv_find(line, SV("fuzzy"), 0) != SIZE_MAX)
			r->next_fuzzy = true;
	} else if (sv_has_prefix(line, SV("msgid "))) {
		finish_entry(r);
		buf_clear(&r->msgid);
		buf_clear(&r->text);
		r->entry_line = r->line;
		r->fuzzy = r->next_fuzzy;
		r->next_fuzzy = false;
		r->part = MSGID;
		read_quoted(r, sv_trim(sv_slice(line, 6, line.len)));
	} else if (sv_has_prefix(line, SV("msgstr ")) && r->part == MSGID) {
		r->part = MSGSTR;
		read_quoted(r, sv_trim(sv_slice(line, 7, line.len)));
	} else if (sv_has_prefix(line, SV("\""))) {
		read_quoted(r, line);
	} else if (line.len) {
		FAULT(r->report, r->po->file, r->line, "not understood; there are comments, msgid, msgstr and quoted texts here");
	}
}

static int by_msgid(const void *left, const void *right)
{
	const struct po_entry *a = left, *b = right;

	return sv_compare(a->msgid, b->msgid); /* the order of strcmp: no NUL inside */
}

void po_read(struct report *report, struct sv file, struct sv text, struct po *ret)
{
	struct reader r = { .report = report, .po = ret };

	*ret = (struct po){ .file = file };
	if (!utf8_is_valid(text)) {
		FAULT(report, file, 0, "the file is not UTF-8; save it again with that encoding");
		return;
	}
	buf_init(&r.msgid, report->arena, 1 << 20);
	buf_init(&r.text, report->arena, 1 << 20);
	for (r.line = 1; !sv_is_absent(text); r.line++)
		read_line(&r, sv_trim(sv_cut(&text, '\n')));
	finish_entry(&r);
	if (sv_is_absent(ret->tag) && report->faults == 0)
		FAULT(report, file, 1, "the header is missing; begin with msgid \"\" and a msgstr with X-Tag, X-Code and X-Self");
	if (r.entries.len)
		qsort(r.entries.at, r.entries.len, sizeof(*r.entries.at), by_msgid);
	ret->at = r.entries.at;
	ret->len = r.entries.len;
	for (size_t i = 0; i < ret->len; i++)
		map_put(report->arena, &ret->by_msgid, ret->at[i].msgid, (void *)(uintptr_t)(i + 1));
}

static const struct po_entry *find(const struct po *po, struct sv msgid)
{
	uintptr_t index = (uintptr_t)map_get(&po->by_msgid, msgid);

	return index ? &po->at[index - 1] : NULL;
}

static bool is_placeholder(struct sv name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!((name.ptr[i] >= 'a' && name.ptr[i] <= 'z') || (name.ptr[i] >= '0' && name.ptr[i] <= '9') || name.ptr[i] == '_'))
			return false;
	return name.len > 0;
}

/* The first {placeholder} of one text that the other lacks; absent when there is none. */
static struct sv lacking(struct sv from, struct sv in)
{
	for (size_t open = 0; (open = sv_find_byte(from, '{', open)) != SIZE_MAX; open++) {
		size_t close = sv_find_byte(from, '}', open);
		if (close == SIZE_MAX)
			break;
		struct sv whole = sv_slice(from, open, close - open + 1);
		if (is_placeholder(sv_slice(whole, 1, whole.len - 2)) && sv_find(in, whole, 0) == SIZE_MAX)
			return whole;
	}
	return (struct sv){ NULL, 0 };
}

static void check_entry(struct report *report, const struct po *po, const struct po_entry *entry)
{
	struct sv lost = lacking(entry->msgid, entry->text), extra = lacking(entry->text, entry->msgid);

	if (entry->text.len == 0)
		FAULT(report, po->file, entry->line, "“%.*s” has no text; translate it", SV_FMT(entry->msgid));
	else if (entry->fuzzy)
		FAULT(report, po->file, entry->line, "“%.*s” is marked fuzzy; check it and remove the mark", SV_FMT(entry->msgid));
	else if (lost.len)
		FAULT(report, po->file, entry->line, "%.*s is lost in the translation; put it where it belongs", SV_FMT(lost));
	else if (extra.len)
		FAULT(report, po->file, entry->line, "%.*s is not in the message; remove it from the translation", SV_FMT(extra));
}

void po_check(struct report *report, const struct po *po, const struct marks *marks, struct buf *warnings)
{
	for (size_t i = 0; i < marks->len; i++) {
		const struct mark *mark = &marks->at[i];
		const struct po_entry *entry = find(po, mark->msgid);
		if (entry)
			check_entry(report, po, entry);
		else
			FAULT(report, mark->file, mark->line,
				"“%.*s” is not in %.*s; add what `pogen --list-missing` prints, translated", SV_FMT(mark->msgid),
				SV_FMT(po->file));
	}
	for (size_t i = 0; i < po->len; i++)
		if (!map_has(&marks->seen, po->at[i].msgid))
			buf_printf(warnings, "%.*s:%u: warning: nothing uses “%.*s”; remove it\n", SV_FMT(po->file), po->at[i].line,
				SV_FMT(po->at[i].msgid));
}

void po_list_missing(struct buf *out, const struct po *po, const struct marks *marks)
{
	for (size_t i = 0; i < marks->len; i++) {
		const struct mark *mark = &marks->at[i];
		if (find(po, mark->msgid))
			continue;
		buf_printf(out, "\n#: %.*s:%u\nmsgid ", SV_FMT(mark->file), mark->line);
		emit_literal(out, mark->msgid);
		buf_sv(out, SV("\nmsgstr \"\"\n"));
	}
}
