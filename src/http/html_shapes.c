/* Descriptors of the shapes that html.h declares by hand, and the names and layouts of template types. */
#include "http/html_out.h"
#include "http/template_int.h"

#include <assert.h>
#include <stdalign.h>
#include <stddef.h>

#include "base/banned.h"

#define MEMBER(of, member, kind, ...) { .name = #member, .type = kind, .offset = offsetof(struct of, member), __VA_ARGS__ }
#define SHAPE(of, shape_name, list)                                                                                    \
	const struct html_shape html_##shape_name##_shape = { .name = #shape_name, .size = sizeof(struct of),          \
		.members = list, .count = sizeof(list) / sizeof(list[0]) }

static const struct html_member link_members[] = {
	MEMBER(html_link, href, HTML_URL),
	MEMBER(html_link, label, HTML_TEXT),
	MEMBER(html_link, current, HTML_BOOL),
};
static const struct html_member option_members[] = {
	MEMBER(html_option, value, HTML_TEXT),
	MEMBER(html_option, label, HTML_TEXT),
	MEMBER(html_option, hint, HTML_TEXT, .optional = true),
	MEMBER(html_option, selected, HTML_BOOL),
};
static const struct html_member problem_members[] = {
	MEMBER(html_problem, href, HTML_URL, .optional = true),
	MEMBER(html_problem, field, HTML_TEXT, .optional = true),
	MEMBER(html_problem, message, HTML_TEXT),
	MEMBER(html_problem, label, HTML_TEXT, .optional = true),
};
static const struct html_member row_members[] = {
	MEMBER(html_row, key, HTML_TEXT),
	MEMBER(html_row, value, HTML_TEXT),
	MEMBER(html_row, href, HTML_URL, .optional = true),
	MEMBER(html_row, heading, HTML_BOOL),
};
static const struct html_member event_members[] = {
	MEMBER(html_event, at, HTML_TIME),
	MEMBER(html_event, title, HTML_TEXT),
	MEMBER(html_event, who, HTML_TEXT, .optional = true),
	MEMBER(html_event, body, HTML_TEXT, .optional = true),
	MEMBER(html_event, href, HTML_URL, .optional = true),
	MEMBER(html_event, seal, HTML_TEXT),
};

static const struct html_member field_members[] = {
	MEMBER(html_field, kind, HTML_TEXT),
	MEMBER(html_field, name, HTML_TEXT),
	MEMBER(html_field, label, HTML_TEXT),
	MEMBER(html_field, hint, HTML_TEXT, .optional = true),
	MEMBER(html_field, value, HTML_TEXT, .optional = true),
	MEMBER(html_field, error, HTML_TEXT, .optional = true),
	MEMBER(html_field, options, HTML_LIST, .element = HTML_OBJECT, .shape = &html_option_shape),
	MEMBER(html_field, required, HTML_BOOL),
};
static const struct html_member fact_members[] = {
	MEMBER(html_fact, label, HTML_TEXT),
	MEMBER(html_fact, value, HTML_TEXT, .optional = true),
	MEMBER(html_fact, source, HTML_TEXT, .optional = true),
};
static const struct html_member cell_members[] = {
	MEMBER(html_cell, text, HTML_TEXT),
	MEMBER(html_cell, mark, HTML_TEXT, .optional = true),
};
static const struct html_member line_members[] = {
	MEMBER(html_line, name, HTML_TEXT),
	MEMBER(html_line, mark, HTML_TEXT, .optional = true),
	MEMBER(html_line, cells, HTML_LIST, .element = HTML_OBJECT, .shape = &html_cell_shape),
};
static const struct html_member grid_members[] = {
	MEMBER(html_grid, caption, HTML_TEXT),
	MEMBER(html_grid, columns, HTML_LIST, .element = HTML_OBJECT, .shape = &html_fact_shape),
	MEMBER(html_grid, lines, HTML_LIST, .element = HTML_OBJECT, .shape = &html_line_shape),
	MEMBER(html_grid, more, HTML_INT),
};
static const struct html_member ruling_members[] = {
	MEMBER(html_ruling, id, HTML_TEXT),
	MEMBER(html_ruling, title, HTML_TEXT),
	MEMBER(html_ruling, sentence, HTML_TEXT),
	MEMBER(html_ruling, reason, HTML_TEXT, .optional = true),
	MEMBER(html_ruling, basis, HTML_TEXT, .optional = true),
	MEMBER(html_ruling, at, HTML_TIME),
	MEMBER(html_ruling, changes, HTML_LIST, .element = HTML_TEXT),
	MEMBER(html_ruling, facts, HTML_LIST, .element = HTML_OBJECT, .shape = &html_fact_shape),
	MEMBER(html_ruling, grids, HTML_LIST, .element = HTML_OBJECT, .shape = &html_grid_shape),
	MEMBER(html_ruling, model, HTML_TEXT, .optional = true),
	MEMBER(html_ruling, sha256, HTML_TEXT, .optional = true),
	MEMBER(html_ruling, record, HTML_URL, .optional = true),
	MEMBER(html_ruling, more, HTML_URL, .optional = true),
	MEMBER(html_ruling, receipt, HTML_URL),
	MEMBER(html_ruling, version, HTML_INT),
};
static const struct html_member page_members[] = {
	MEMBER(html_page, lang, HTML_TEXT),
	MEMBER(html_page, other_lang, HTML_TEXT),
	MEMBER(html_page, language_href, HTML_URL),
	MEMBER(html_page, other_language, HTML_TEXT),
	MEMBER(html_page, mode_href, HTML_URL),
	MEMBER(html_page, path, HTML_TEXT),
	MEMBER(html_page, csrf, HTML_TEXT),
	MEMBER(html_page, form_key, HTML_TEXT),
	MEMBER(html_page, city, HTML_TEXT),
	MEMBER(html_page, name, HTML_TEXT, .optional = true),
	MEMBER(html_page, acting_for, HTML_TEXT, .optional = true),
	MEMBER(html_page, flash, HTML_TEXT, .optional = true),
	MEMBER(html_page, elder, HTML_BOOL),
	MEMBER(html_page, officer, HTML_BOOL),
	MEMBER(html_page, sample, HTML_BOOL),
	MEMBER(html_page, nav, HTML_LIST, .element = HTML_OBJECT, .shape = &html_link_shape),
};

SHAPE(html_link, link, link_members);
SHAPE(html_option, option, option_members);
SHAPE(html_problem, problem, problem_members);
SHAPE(html_row, row, row_members);
SHAPE(html_event, event, event_members);
SHAPE(html_field, field, field_members);
SHAPE(html_fact, fact, fact_members);
SHAPE(html_cell, cell, cell_members);
SHAPE(html_line, line, line_members);
SHAPE(html_grid, grid, grid_members);
SHAPE(html_ruling, ruling, ruling_members);
SHAPE(html_page, page, page_members);

static const struct html_shape *const shapes[] = { &html_link_shape, &html_option_shape, &html_problem_shape, &html_row_shape,
	&html_event_shape, &html_field_shape, &html_fact_shape, &html_cell_shape, &html_line_shape, &html_grid_shape,
	&html_ruling_shape };

const struct html_shape *html_shape_by_name(struct sv name)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		if (sv_equal_z(name, shapes[i]->name))
			return shapes[i];
	return NULL;
}

const struct html_shape *html_shape_page(void)
{
	return &html_page_shape;
}

static const char *const type_names[] = {
	[HTML_TEXT] = "text", [HTML_URL] = "url", [HTML_DECIMAL] = "decimal", [HTML_INT] = "int", [HTML_BOOL] = "bool",
	[HTML_DAY] = "day", [HTML_TIME] = "time", [HTML_MONEY] = "money", [HTML_ID] = "id", [HTML_SAFE] = "html_safe",
	[HTML_LIST] = "list", [HTML_OBJECT] = "object",
};

const char *html_type_name(enum html_type type)
{
	assert(type < sizeof(type_names) / sizeof(type_names[0]));
	return type_names[type];
}

bool html_type_by_name(struct sv name, enum html_type *ret)
{
	for (size_t i = 0; i < sizeof(type_names) / sizeof(type_names[0]); i++) {
		if (sv_equal_z(name, type_names[i])) {
			*ret = (enum html_type)i;
			return true;
		}
	}
	return false;
}

static uint32_t shape_align(const struct html_shape *shape)
{
	uint32_t align = 1;

	for (size_t i = 0; i < shape->count; i++) {
		const struct html_member *member = &shape->members[i];
		struct tpl_size size = tpl_size_of(member->type, member->optional, member->shape);
		if (size.align > align)
			align = size.align;
	}
	return align;
}

struct tpl_size tpl_size_of(enum html_type type, bool optional, const struct html_shape *shape)
{
	switch (type) {
	case HTML_TEXT:
	case HTML_URL:
	case HTML_DECIMAL:
		return (struct tpl_size){ sizeof(struct sv), alignof(struct sv) };
	case HTML_SAFE:
		return (struct tpl_size){ sizeof(struct html_safe), alignof(struct html_safe) };
	case HTML_LIST:
		return (struct tpl_size){ sizeof(struct html_links), alignof(struct html_links) };
	case HTML_INT:
	case HTML_DAY:
	case HTML_TIME:
	case HTML_MONEY:
		if (optional)
			return (struct tpl_size){ sizeof(struct html_optional), alignof(struct html_optional) };
		return (struct tpl_size){ sizeof(int64_t), alignof(int64_t) };
	case HTML_BOOL:
		return (struct tpl_size){ sizeof(bool), alignof(bool) };
	case HTML_ID:
		return (struct tpl_size){ sizeof(struct id), alignof(struct id) };
	case HTML_OBJECT:
		if (optional)
			return (struct tpl_size){ sizeof(void *), alignof(void *) };
		return (struct tpl_size){ shape->size, shape_align(shape) };
	}
	__builtin_unreachable();
}
