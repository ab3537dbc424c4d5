/* Rules over elements and attributes: what a page of ours must and must not contain. WCAG 2.2 success criteria 1.1.1,
 * 1.3.1, 3.3.2, 4.1.2; the content security policy (no inline script or style); and one CSRF field in each form.
 */
#include "http/template_check.h"

#include "base/banned.h"

static bool is_one_of(struct sv name, const char *const *list)
{
	for (; *list; list++)
		if (sv_equal_z(name, *list))
			return true;
	return false;
}

bool tpl_is_void(struct sv element)
{
	static const char *const names[] = { "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta",
		"source", "track", "wbr", NULL };

	return is_one_of(element, names);
}

bool tpl_is_url_attribute(struct sv name)
{
	static const char *const names[] = { "href", "src", "action", "formaction", "poster", "cite", "data", "srcset",
		"ping", "background", "xlink:href", NULL };

	return is_one_of(name, names);
}

static const struct tpl_attribute *attribute(const struct tpl_checker *c, const char *name)
{
	for (size_t i = 0; i < c->attributes.len; i++)
		if (sv_equal_z(c->attributes.at[i].name, name))
			return &c->attributes.at[i];
	return NULL;
}

static bool attribute_is(const struct tpl_checker *c, const char *name, const char *value)
{
	const struct tpl_attribute *found = attribute(c, name);

	return found && sv_equal_z(found->value, value);
}

enum rc tpl_begin_attribute(struct tpl_checker *c)
{
	struct sv name = c->attribute;

	if (name.len > 2 && sv_has_prefix(name, SV("on")))
		return tpl_fault(c, N_("\"{what}\" is an inline script, which the content security policy forbids. Put it in web/."),
			name);
	if (sv_equal(name, SV("style")) || sv_equal(name, SV("srcdoc")))
		return tpl_fault(c, N_("\"{what}\" is not allowed by the content security policy. Use a class of web/css."), name);
	for (size_t i = 0; i < name.len; i++)
		if (name.ptr[i] == '"' || name.ptr[i] == '\'' || name.ptr[i] == '<')
			return tpl_fault(c, N_("\"{what}\" is not an attribute name. Is a quote missing before it?"), name);
	return RC_OK;
}

/* Words in these attributes are read to people. */
static bool is_spoken(struct sv name)
{
	static const char *const names[] = { "aria-label", "aria-description", "alt", "title", "placeholder", NULL };

	return is_one_of(name, names);
}

bool tpl_has_letters(struct sv text)
{
	bool in_output = false;

	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.ptr[i];
		if (byte == '{' && i + 1 < text.len && text.ptr[i + 1] == '{')
			in_output = true;
		if (!in_output && ((byte | 32) >= 'a' && (byte | 32) <= 'z'))
			return true;
		if (!in_output && byte >= 0xe3 && byte <= 0xe9)
			return true;
		if (byte == '}')
			in_output = false;
	}
	return false;
}

/* A static address must not leave the site by script or carry another scheme. */
static enum rc check_static_url(struct tpl_checker *c, struct sv value)
{
	size_t colon = sv_find_byte(value, ':', 0), slash = sv_find_byte(value, '/', 0);

	if (colon == SIZE_MAX || colon > slash || sv_has_prefix(value, SV("#")) || sv_has_prefix(value, SV("{{")))
		return RC_OK;
	struct sv scheme = sv_slice(value, 0, colon);
	if (sv_equal(scheme, SV("https")) || sv_equal(scheme, SV("mailto")) || sv_equal(scheme, SV("tel")))
		return RC_OK;
	return tpl_fault(c, N_("The address \"{what}\" has a scheme that pages do not use. Use https, mailto, tel or a path."), value);
}

enum rc tpl_end_attribute(struct tpl_checker *c, bool has_value)
{
	struct sv value = has_value ? arena_copy(c->ctx->arena, buf_view(&c->value)) : SV("");
	struct tpl_attribute *found;

	if (has_value && tpl_is_url_attribute(c->attribute))
		TRY(check_static_url(c, value));
	if (c->translated && is_spoken(c->attribute) && tpl_has_letters(value))
		return tpl_fault(c, N_("\"{what}\" is for people: write {{t \"…\"}} so that it can be translated."), value);
	if (sv_equal(c->attribute, SV("id")))
		*VEC_PUSH(c->ctx->arena, &c->ids) = (struct tpl_mention){ value, c->file, c->line, c->value_is_static };
	if (sv_equal(c->attribute, SV("id")) && c->value_is_static && c->loops)
		return tpl_fault(c, N_("The id \"{what}\" is in a loop and would appear many times. Add {{@number}} to it."), value);
	found = VEC_PUSH(c->ctx->arena, &c->attributes);
	*found = (struct tpl_attribute){ c->attribute, value, c->value_is_static };
	c->attribute = SV("");
	return RC_OK;
}

static bool is_inside(const struct tpl_checker *c, const char *element)
{
	for (size_t i = 0; i < c->open.len; i++)
		if (sv_equal_z(c->open.at[i].name, element))
			return true;
	return false;
}

/* Hidden inputs and buttons have no label or carry their own. */
static bool needs_label(const struct tpl_checker *c)
{
	static const char *const buttons[] = { "hidden", "submit", "button", "reset", NULL };
	const struct tpl_attribute *type = attribute(c, "type");

	if (sv_equal(c->tag, SV("select")) || sv_equal(c->tag, SV("textarea")))
		return true;
	return sv_equal(c->tag, SV("input")) && !(type && is_one_of(type->value, buttons));
}

static enum rc check_input(struct tpl_checker *c)
{
	const struct tpl_attribute *id = attribute(c, "id");

	if (attribute_is(c, "name", "csrf") || attribute_is(c, "name", "idempotency_key"))
		return tpl_fault(c, N_("Every post form gets its \"{what}\" field from the generator. Remove this one."),
			attribute(c, "name")->value);
	if (!needs_label(c) || attribute(c, "aria-label") || attribute(c, "aria-labelledby") || is_inside(c, "label"))
		return RC_OK;
	if (!id)
		return tpl_fault(c, N_("This {what} has no label. Give it an id and a <label for> of the same value, or aria-label."),
			c->tag);
	*VEC_PUSH(c->ctx->arena, &c->inputs) = (struct tpl_mention){ id->value, c->file, c->tag_line, id->is_static };
	return RC_OK;
}

static enum rc check_form(struct tpl_checker *c)
{
	const struct tpl_attribute *method = attribute(c, "method");

	if (is_inside(c, "form"))
		return tpl_fault(c, N_("A form stands inside a form. Close the outer one first."), SV(""));
	if (!method || !method->is_static || !(sv_equal(method->value, SV("post")) || sv_equal(method->value, SV("get"))))
		return tpl_fault(c, N_("Say method=\"post\" or method=\"get\" on the form."), SV(""));
	if (!attribute(c, "action"))
		return tpl_fault(c, N_("The form has no action. Say where it is sent to."), SV(""));
	return RC_OK;
}

static enum rc check_attributes_differ(struct tpl_checker *c)
{
	for (size_t i = 0; i < c->attributes.len; i++)
		for (size_t j = i + 1; j < c->attributes.len; j++)
			if (sv_equal(c->attributes.at[i].name, c->attributes.at[j].name) && c->attributes.at[i].is_static
				&& c->attributes.at[j].is_static)
				return tpl_fault(c, N_("The attribute \"{what}\" is there twice."), c->attributes.at[i].name);
	return RC_OK;
}

static enum rc check_tag(struct tpl_checker *c)
{
	const struct tpl_attribute *label_for = attribute(c, "for");

	TRY(check_attributes_differ(c));
	if (sv_equal(c->tag, SV("style")) || sv_equal(c->tag, SV("base")))
		return tpl_fault(c, N_("The element \"{what}\" is not allowed by the content security policy. Use web/css."), c->tag);
	if (sv_equal(c->tag, SV("script")) && !attribute(c, "src"))
		return tpl_fault(c, N_("Inline script is not allowed by the content security policy. Put it in web/ and name it by src."),
			SV(""));
	if (sv_equal(c->tag, SV("img")) && !attribute(c, "alt"))
		return tpl_fault(c, N_("The picture has no alt. Say what it shows, or alt=\"\" when it only decorates."), SV(""));
	if (sv_equal(c->tag, SV("button")) && !attribute(c, "type"))
		return tpl_fault(c, N_("Say type=\"submit\" or type=\"button\" on the button."), SV(""));
	if (sv_equal(c->tag, SV("label")) && label_for)
		*VEC_PUSH(c->ctx->arena, &c->labels) = (struct tpl_mention){ label_for->value, c->file, c->line, true };
	if (sv_equal(c->tag, SV("form")))
		return check_form(c);
	return check_input(c);
}

enum rc tpl_end_start_tag(struct tpl_checker *c, bool self_closing)
{
	static const char *const untranslated[] = { "code", "kbd", "samp", "pre", "svg", "script", NULL };
	bool in_svg = is_inside(c, "svg") || sv_equal(c->tag, SV("svg"));
	const struct tpl_element *parent = c->open.len ? &c->open.at[c->open.len - 1] : NULL;

	TRY(check_tag(c));
	if (tpl_is_void(c->tag))
		return RC_OK;
	if (self_closing && in_svg)
		return RC_OK;
	if (self_closing)
		return tpl_fault(c, N_("<{what}/> does not close itself in HTML. Write an end tag."), c->tag);
	if (c->open.len >= TPL_MAX_DEPTH)
		return tpl_fault(c, N_("Elements are nested too deeply."), SV(""));
	struct tpl_element element = { .name = c->tag, .file = c->file, .line = c->tag_line };
	element.is_untranslated = (parent && parent->is_untranslated) || is_one_of(c->tag, untranslated)
		|| attribute_is(c, "translate", "no");
	element.is_raw_space = (parent && parent->is_raw_space) || sv_equal(c->tag, SV("pre")) || sv_equal(c->tag, SV("textarea"));
	*VEC_PUSH(c->ctx->arena, &c->open) = element;
	return RC_OK;
}

static void append_hidden(struct tpl_checker *c, const char *name, const char *member)
{
	const struct html_shape *page = html_shape_page();
	struct tpl_node *node = ARENA_NEW(c->ctx->arena, struct tpl_node);
	struct tpl_expr *expr = ARENA_NEW(c->ctx->arena, struct tpl_expr);

	*expr = (struct tpl_expr){ .kind = TPL_PATH, .line = c->line, .level = TPL_LEVEL_PAGE, .type = HTML_TEXT, .step_count = 1 };
	for (size_t i = 0; i < page->count; i++)
		if (strcmp(page->members[i].name, member) == 0)
			expr->steps[0] = &page->members[i];
	*node = (struct tpl_node){ .kind = TPL_OUT, .context = TPL_IN_ATTRIBUTE, .file = c->file, .line = c->line, .expr = expr };
	buf_printf(&c->text, "<input type=\"hidden\" name=\"%s\" value=\"", name);
	tpl_flush(c);
	tpl_append(c->out, node);
	buf_sv(&c->text, SV("\">"));
}

enum rc tpl_after_start_tag(struct tpl_checker *c)
{
	if (sv_equal(c->tag, SV("form")) && attribute_is(c, "method", "post")) {
		append_hidden(c, "csrf", "csrf");
		append_hidden(c, "idempotency_key", "form_key");
	}
	c->attributes.len = 0;
	return RC_OK;
}

enum rc tpl_end_tag(struct tpl_checker *c, struct sv name)
{
	if (tpl_is_void(name))
		return tpl_fault(c, N_("</{what}> does not exist: the element has no content. Remove it."), name);
	if (!c->open.len)
		return tpl_fault(c, N_("</{what}> closes nothing."), name);
	if (c->open.len == c->floor)
		return tpl_fault(c, N_("</{what}> closes an element that was opened outside this block. Close it where it was opened."),
			name);
	const struct tpl_element *top = &c->open.at[c->open.len - 1];
	if (!sv_equal(top->name, name)) {
		c->file = top->file;
		c->line = top->line;
		return tpl_fault(c, N_("This element is not closed where it should be. Add </{what}>."), top->name);
	}
	c->open.len--;
	return RC_OK;
}

enum rc tpl_check_labels(struct tpl_checker *c)
{
	for (size_t i = 0; i < c->inputs.len; i++) {
		bool found = false;
		for (size_t j = 0; j < c->labels.len && !found; j++)
			found = sv_equal(c->inputs.at[i].value, c->labels.at[j].value);
		if (found)
			continue;
		c->file = c->inputs.at[i].file;
		c->line = c->inputs.at[i].line;
		return tpl_fault(c, N_("The input \"{what}\" has no label. Add <label for=\"{what}\"> or aria-label."),
			c->inputs.at[i].value);
	}
	return RC_OK;
}
