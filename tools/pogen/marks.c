/* Finding the marked messages of C texts and templates; see pogen.h. */
#include "tools/pogen/pogen.h"

#include "base/banned.h"

struct cursor {
	struct report *report;
	struct sv file, text;
	size_t at;
	unsigned line;
	struct marks *marks;
};

static char here(const struct cursor *c)
{
	return c->at < c->text.len ? c->text.ptr[c->at] : 0;
}

static void step(struct cursor *c)
{
	c->line += here(c) == '\n';
	c->at++;
}

static bool starts(const struct cursor *c, struct sv word)
{
	return sv_has_prefix(sv_slice(c->text, c->at, c->text.len), word);
}

static void skip_past(struct cursor *c, struct sv end)
{
	while (c->at < c->text.len && !starts(c, end))
		step(c);
	c->at += end.len;
}

static void add_mark(struct cursor *c, struct sv msgid, unsigned line)
{
	if (msgid.len == 0) {
		FAULT(c->report, c->file, line, "an empty text is marked for translation; write the text, or leave the mark out");
		return;
	}
	if (map_has(&c->marks->seen, msgid))
		return;
	*VEC_PUSH(c->report->arena, c->marks) = (struct mark){ msgid, c->file, line };
	map_put(c->report->arena, &c->marks->seen, msgid, (void *)(uintptr_t)c->marks->len);
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Over blanks and comments of C. */
static void skip_blanks(struct cursor *c)
{
	for (;;) {
		if (starts(c, SV("/*")))
			skip_past(c, SV("*/"));
		else if (starts(c, SV("//")))
			while (here(c) && here(c) != '\n')
				step(c);
		else if (is_blank(here(c)))
			step(c);
		else
			return;
	}
}

/* Behind N_( : the literals up to the closing parenthesis. */
static void read_c_mark(struct cursor *c)
{
	struct buf joined;
	struct sv part;
	unsigned line = c->line;

	buf_init(&joined, c->report->arena, 1 << 20);
	skip_blanks(c);
	while (here(c) == '"') {
		c->at++;
		if (!read_literal(c->report->arena, c->text, &c->at, &part))
			break;
		buf_sv(&joined, part);
		skip_blanks(c);
	}
	if (here(c) == ')')
		add_mark(c, buf_view(&joined), line);
	else
		FAULT(c->report, c->file, line, "N_() takes nothing but literal text; write the whole message between its quotation marks");
}

/* Over a literal or character constant that is not marked. */
static void skip_quoted(struct cursor *c)
{
	char quote = here(c);

	for (step(c); here(c) && here(c) != quote && here(c) != '\n'; step(c))
		if (here(c) == '\\')
			step(c);
	step(c);
}

void marks_from_c(struct report *report, struct sv file, struct sv text, struct marks *marks)
{
	struct cursor c = { .report = report, .file = file, .text = text, .line = 1, .marks = marks };

	while (c.at < text.len) {
		size_t before = c.at;
		skip_blanks(&c);
		if (starts(&c, SV("#define N_(")))
			skip_past(&c, SV(")"));
		else if (here(&c) == '"' || here(&c) == '\'')
			skip_quoted(&c);
		else if (starts(&c, SV("N_("))) {
			c.at += 3;
			read_c_mark(&c);
		} else if (is_name(here(&c)))
			while (is_name(here(&c)))
				c.at++;
		else if (c.at == before)
			step(&c);
	}
}

/* A text in a tag: a backslash takes the next character as it is. */
static bool read_tag_text(struct cursor *c, struct sv *ret)
{
	struct buf out;

	buf_init(&out, c->report->arena, 1 << 20);
	for (step(c); here(c) && here(c) != '"'; step(c)) {
		if (here(c) == '\\')
			step(c);
		buf_byte(&out, here(c));
	}
	if (here(c) != '"')
		return false;
	step(c);
	*ret = buf_view(&out);
	return true;
}

/* Inside {{ }}: a t at the start of the tag or of a parenthesis, and a text behind it. */
static void read_tag(struct cursor *c)
{
	bool first = true; /* nothing but blanks since the tag or parenthesis began */
	struct sv text;

	while (c->at < c->text.len && !starts(c, SV("}}"))) {
		unsigned line = c->line;
		bool is_call = first && here(c) == 't' && !is_name(c->at + 1 < c->text.len ? c->text.ptr[c->at + 1] : 0);
		if (is_call) {
			step(c);
			while (is_blank(here(c)))
				step(c);
		}
		if (here(c) == '"') {
			if (read_tag_text(c, &text) && is_call)
				add_mark(c, text, line);
			first = false;
			continue;
		}
		first = here(c) == '(' || (first && is_blank(here(c)));
		step(c);
	}
}

void marks_from_template(struct report *report, struct sv file, struct sv text, struct marks *marks)
{
	struct cursor c = { .report = report, .file = file, .text = text, .line = 1, .marks = marks };

	while (c.at < text.len) {
		if (starts(&c, SV("{{!"))) {
			skip_past(&c, SV("}}"));
		} else if (starts(&c, SV("{{"))) {
			c.at += 2;
			read_tag(&c);
		} else {
			step(&c);
		}
	}
}
