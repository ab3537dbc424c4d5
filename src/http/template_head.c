/* The head of a template: {{!view NAME or {{!partial NAME, then members by indentation, then }}. It gives the shape of
 * the data, laid out as the generated C struct is.
 *
 *	{{!view casefile_list
 *	  title: text
 *	  applicant: object?
 *	    name: text
 *	  types: list option
 *	}}
 */
#include "http/template_parse.h"

#include "base/banned.h"

enum { MAX_MEMBERS = 200, MAX_NAME = 60 };

struct head_line {
	uint32_t line;
	size_t indent;
	struct sv name, type, element;
	bool optional;
};

struct head {
	struct tpl_parser *p;
	VEC(struct head_line);
};

static enum rc fault(const struct head *head, uint32_t line, const char *msgid, struct sv what)
{
	return tpl_fail(head->p->ctx, head->p->file, line, msgid, what);
}

static const char *const c_keywords[] = {
	"auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum", "extern", "false",
	"float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return", "short", "signed",
	"sizeof", "static", "struct", "switch", "true", "typedef", "union", "unsigned", "void", "volatile", "while",
	"this", "page", "bool", "t",
};

static bool is_name(struct sv name)
{
	if (!name.len || name.len > MAX_NAME || name.ptr[0] < 'a' || name.ptr[0] > 'z')
		return false;
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'))
			return false;
	}
	for (size_t i = 0; i < sizeof(c_keywords) / sizeof(c_keywords[0]); i++)
		if (sv_equal_z(name, c_keywords[i]))
			return false;
	return true;
}

/* "name: type", "name: list element", with "?" behind the type. */
static enum rc read_line(struct head *head, struct sv text, uint32_t line)
{
	struct head_line *entry;
	struct sv rest = text;
	size_t indent = 0;

	if (!sv_trim(text).len)
		return RC_OK;
	while (indent < text.len && text.ptr[indent] == ' ')
		indent++;
	if (sv_find_byte(text, '\t', 0) != SIZE_MAX)
		return fault(head, line, N_("Indent members with spaces, not tabs."), SV(""));
	if (head->len >= MAX_MEMBERS)
		return fault(head, line, N_("A view has at most 200 members. Split the page."), SV(""));
	struct sv name = sv_trim(sv_cut(&rest, ':'));
	if (!is_name(name) || sv_is_absent(rest))
		return fault(head, line,
			N_("\"{what}\" is not a member. Write \"name: type\" with a name of lower-case letters, digits and _ "
			   "that is no word of C."), sv_trim(text));
	rest = sv_trim(rest);
	struct sv type = sv_trim(sv_cut(&rest, ' '));
	bool optional = sv_has_suffix(type, SV("?"));
	entry = VEC_PUSH(head->p->ctx->arena, head);
	*entry = (struct head_line){ line, indent, name, sv_slice(type, 0, type.len - optional), sv_trim(rest), optional };
	return RC_OK;
}

static enum rc read_members(struct head *head, size_t *at, size_t indent, struct sv path, struct html_shape **ret);

/* The element type of a list or the shape of an object: a known shape, a plain type, or the indented lines below. */
static enum rc read_inner(struct head *head, size_t *at, struct head_line line, struct sv path, struct html_member *member)
{
	struct sv word = member->type == HTML_LIST && !sv_equal(line.element, SV("object")) ? line.element : SV("");
	struct html_shape *shape;

	member->element = HTML_OBJECT;
	if (member->shape)
		return RC_OK;
	if (word.len) {
		member->shape = html_shape_by_name(word);
		if (member->shape)
			return RC_OK;
		if (html_type_by_name(word, &member->element) && member->element != HTML_LIST && member->element != HTML_OBJECT)
			return RC_OK;
		return fault(head, line.line, N_("There is no type \"{what}\" that a list could have."), word);
	}
	if (*at >= head->len || head->at[*at].indent <= line.indent)
		return fault(head, line.line, N_("\"{what}\" needs its members below it, indented."), line.name);
	TRY(read_members(head, at, head->at[*at].indent, path, &shape));
	member->shape = shape;
	return RC_OK;
}

static enum rc read_member(struct head *head, size_t *at, struct sv path, struct html_member *member)
{
	struct head_line line = head->at[(*at)++];

	member->name = arena_z(head->p->ctx->arena, line.name);
	member->optional = line.optional;
	if (!html_type_by_name(line.type, &member->type)) {
		member->type = HTML_OBJECT;
		member->shape = html_shape_by_name(line.type);
		if (!member->shape)
			return fault(head, line.line, N_("There is no type \"{what}\". There are text, url, decimal, int, bool, "
				"day, time, money, id, html_safe, list, object, and the shapes of http/html.h."), line.type);
	}
	if (line.optional && (member->type == HTML_BOOL || member->type == HTML_LIST || member->type == HTML_ID))
		return fault(head, line.line, N_("A bool, list or id is never optional: use false, an empty list or the zero id."),
			SV(""));
	if (member->type != HTML_LIST && line.element.len)
		return fault(head, line.line, N_("Do not understand \"{what}\" behind the type."), line.element);
	if (member->type == HTML_LIST || member->type == HTML_OBJECT) {
		path = arena_printf(head->p->ctx->arena, "%.*s_%.*s", SV_FMT(path), SV_FMT(line.name));
		TRY(read_inner(head, at, line, path, member));
	}
	return RC_OK;
}

/* Offsets and size as a C compiler lays out the same members. */
static void lay_out(struct html_shape *shape, struct html_member *members)
{
	uint32_t offset = 0, align = 1;

	for (size_t i = 0; i < shape->count; i++) {
		struct tpl_size size = tpl_size_of(members[i].type, members[i].optional, members[i].shape);
		offset = (offset + size.align - 1) / size.align * size.align;
		members[i].offset = offset;
		offset += size.size;
		if (size.align > align)
			align = size.align;
	}
	shape->size = (offset + align - 1) / align * align;
}

static enum rc read_members(struct head *head, size_t *at, size_t indent, struct sv path, struct html_shape **ret)
{
	struct arena *arena = head->p->ctx->arena;
	struct html_shape *shape = ARENA_NEW(arena, struct html_shape);
	struct html_member *members = ARENA_ARRAY(arena, struct html_member, head->len - *at + 1);

	if (++head->p->depth > TPL_MAX_DEPTH)
		return fault(head, head->at[*at].line, N_("Members are nested too deeply."), SV(""));
	while (*at < head->len && head->at[*at].indent >= indent) {
		const struct head_line *line = &head->at[*at];
		if (line->indent != indent)
			return fault(head, line->line, N_("\"{what}\" is indented unlike its neighbours."), line->name);
		for (size_t i = 0; i < shape->count; i++)
			if (sv_equal_z(line->name, members[i].name))
				return fault(head, line->line, N_("There is already a member \"{what}\"."), line->name);
		TRY(read_member(head, at, path, &members[shape->count++]));
	}
	head->p->depth--;
	shape->name = arena_z(arena, path);
	shape->members = members;
	lay_out(shape, members);
	*ret = shape;
	return RC_OK;
}

enum rc tpl_parse_head(struct tpl_parser *p, struct template *template)
{
	bool is_view = sv_has_prefix(p->text, SV("{{!view "));
	size_t end = sv_find(p->text, SV("}}"), 0), at = 0;
	struct head head = { .p = p };

	template->is_partial = sv_has_prefix(p->text, SV("{{!partial "));
	if ((!is_view && !template->is_partial) || end == SIZE_MAX)
		return fault(&head, 1, N_("A template begins with {{!view NAME (or {{!partial NAME), its members and }}."), SV(""));
	size_t start = is_view ? strlen("{{!view ") : strlen("{{!partial ");
	struct sv rest = sv_slice(p->text, start, end - start);
	template->name = sv_trim(sv_cut(&rest, '\n'));
	if (!is_name(template->name))
		return fault(&head, 1, N_("\"{what}\" is not a name. Use lower-case letters, digits and _."), template->name);
	for (p->next_line = 2; !sv_is_absent(rest); p->next_line++) {
		struct sv line = sv_cut(&rest, '\n');
		TRY(read_line(&head, line, p->next_line));
	}
	if (sv_find_byte(sv_slice(p->text, 0, end), '\n', 0) == SIZE_MAX)
		p->next_line = 1;
	else
		p->next_line--;
	p->at = end + 2;
	if (head.len)
		TRY(read_members(&head, &at, head.at[0].indent, template->name, &template->shape));
	else
		template->shape = ARENA_NEW(p->ctx->arena, struct html_shape);
	template->shape->name = arena_z(p->ctx->arena, template->name);
	if (at < head.len)
		return fault(&head, head.at[at].line, N_("\"{what}\" is indented unlike its neighbours."), head.at[at].name);
	return RC_OK;
}
