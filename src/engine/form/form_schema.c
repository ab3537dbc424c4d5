/* The data contract of a form: JSON Schema 2020-12. Conditions stay FEEL, in the annotation "x-hide"; a field with a
 * condition is never required by the schema. */
#include "engine/form/form_int.h"

#include "base/banned.h"

enum { MAX_SCHEMA = 4 << 20 };

static void put_fields(struct ctx *ctx, struct json_out *out, const struct form_field *fields, size_t count);

/* One of several lists of fields that make up an object. */
struct list {
	const struct form_field *fields;
	size_t count;
	bool has_condition; /* of its page */
};

static void put_object(struct ctx *ctx, struct json_out *out, const struct list *lists, size_t count);

static void put_bound(struct json_out *out, const char *key, bool has, struct decimal number)
{
	char text[DECIMAL_TEXT];

	if (!has)
		return;
	size_t len = decimal_print(number, text);
	json_out_key(out, sv_of(key));
	json_out_number(out, (struct sv){ text, len });
}

static void put_enum(struct json_out *out, const struct form_field *field)
{
	json_out_key(out, SV("enum"));
	json_out_array(out);
	for (size_t i = 0; i < field->option_count; i++)
		json_out_string(out, field->options[i].value);
	json_out_array_end(out);
}

static void put_text(struct ctx *ctx, struct json_out *out, const struct form_field *field)
{
	static const char *const patterns[] = { [FORM_ID_NUMBER] = "^[0-9]{17}[0-9X]$",
		[FORM_CREDIT_CODE] = "^[0-9A-HJ-NPQRTUWXY]{18}$", [FORM_PHONE_CN] = "^(1[3-9][0-9]{9}|0[0-9]{2,3}-[0-9]{7,8})$",
		[FORM_POSTCODE_CN] = "^[0-9]{6}$", [FORM_PHONE] = NULL };

	json_out_member(out, SV("type"), SV("string"));
	json_out_member_i64(out, SV("minLength"), field->min_length > 1 ? field->min_length : 1);
	json_out_member_i64(out, SV("maxLength"), field->max_length);
	if (field->format == FORM_EMAIL)
		json_out_member(out, SV("format"), SV("email"));
	else if (patterns[field->format])
		json_out_member(out, SV("pattern"), sv_of(patterns[field->format]));
	else if (field->pattern.len)
		json_out_member(out, SV("pattern"), arena_printf(ctx->arena, "^(%.*s)$", SV_FMT(field->pattern)));
}

static void put_checklist(struct json_out *out, const struct form_field *field)
{
	json_out_member(out, SV("type"), SV("array"));
	json_out_key(out, SV("uniqueItems"));
	json_out_bool(out, true);
	if (field->required || field->min_length)
		json_out_member_i64(out, SV("minItems"), field->min_length > 1 ? field->min_length : 1);
	json_out_key(out, SV("items"));
	json_out_object(out);
	put_enum(out, field);
	json_out_object_end(out);
}

static void put_kind(struct ctx *ctx, struct json_out *out, const struct form_field *field)
{
	switch (field->kind) {
	case FORM_TEXT:
	case FORM_LONG_TEXT:
		put_text(ctx, out, field);
		break;
	case FORM_NUMBER:
		json_out_member(out, SV("type"), SV("number"));
		put_bound(out, "minimum", field->has_min, field->min);
		put_bound(out, "maximum", field->has_max, field->max);
		break;
	case FORM_CHECKBOX:
		if (field->required) {
			json_out_key(out, SV("const"));
			json_out_bool(out, true);
		} else {
			json_out_member(out, SV("type"), SV("boolean"));
		}
		break;
	case FORM_CHECKLIST:
		put_checklist(out, field);
		break;
	case FORM_RADIO:
	case FORM_SELECT:
		put_enum(out, field);
		break;
	case FORM_DATE:
		json_out_member(out, SV("type"), SV("string"));
		json_out_member(out, SV("format"), SV("date"));
		break;
	case FORM_ROWS:
		json_out_member(out, SV("type"), SV("array"));
		json_out_member_i64(out, SV("minItems"), field->min_length);
		json_out_member_i64(out, SV("maxItems"), field->max_length);
		json_out_key(out, SV("items"));
		put_object(ctx, out, &(struct list){ field->fields, field->field_count, false }, 1);
		break;
	case FORM_COMPUTED:
		json_out_key(out, SV("readOnly"));
		json_out_bool(out, true);
		break;
	case FORM_FILE:
	case FORM_WORDS:
	case FORM_SECTION:
	case FORM_KIND_COUNT:
		break;
	}
}

static void put_fields(struct ctx *ctx, struct json_out *out, const struct form_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = &fields[i];
		if (field->kind == FORM_SECTION)
			put_fields(ctx, out, field->fields, field->field_count);
		if (!form_has_slot(field))
			continue;
		json_out_key(out, field->key);
		json_out_object(out);
		json_out_member(out, SV("title"), bitext_pick(ctx, field->label));
		struct sv hint = bitext_pick(ctx, field->hint);
		if (hint.len)
			json_out_member(out, SV("description"), hint);
		put_kind(ctx, out, field);
		if (field->hide)
			json_out_member(out, SV("x-hide"), feel_source(field->hide->expr));
		json_out_object_end(out);
	}
}

static void put_required(struct json_out *out, const struct form_field *fields, size_t count, bool has_condition)
{
	for (size_t i = 0; i < count; i++) {
		const struct form_field *field = &fields[i];
		bool conditional = has_condition || field->hide;
		if (field->kind == FORM_SECTION)
			put_required(out, field->fields, field->field_count, conditional);
		else if (form_has_slot(field) && !conditional
			&& (field->required || (field->kind == FORM_ROWS && field->min_length)))
			json_out_string(out, field->key);
	}
}

static void put_object(struct ctx *ctx, struct json_out *out, const struct list *lists, size_t count)
{
	json_out_object(out);
	json_out_member(out, SV("type"), SV("object"));
	json_out_key(out, SV("additionalProperties"));
	json_out_bool(out, false);
	json_out_key(out, SV("properties"));
	json_out_object(out);
	for (size_t i = 0; i < count; i++)
		put_fields(ctx, out, lists[i].fields, lists[i].count);
	json_out_object_end(out);
	json_out_key(out, SV("required"));
	json_out_array(out);
	for (size_t i = 0; i < count; i++)
		put_required(out, lists[i].fields, lists[i].count, lists[i].has_condition);
	json_out_array_end(out);
	json_out_object_end(out);
}

enum rc form_schema(struct ctx *ctx, const struct form *form, struct sv *ret)
{
	struct list *lists = ARENA_ARRAY(ctx->arena, struct list, form->page_count);
	struct buf buf;

	buf_init(&buf, ctx->arena, MAX_SCHEMA);
	struct json_out out = json_out_to(&buf);
	out.indent = 2;
	for (size_t page = 0; page < form->page_count; page++)
		lists[page] = (struct list){ form->pages[page].fields, form->pages[page].field_count, form->pages[page].hide != NULL };
	json_out_object(&out);
	json_out_member(&out, SV("$schema"), SV("https://json-schema.org/draft/2020-12/schema"));
	json_out_member(&out, SV("$ref"), SV("#/$defs/answers"));
	json_out_key(&out, SV("$defs"));
	json_out_object(&out);
	json_out_key(&out, SV("answers"));
	put_object(ctx, &out, lists, form->page_count);
	json_out_object_end(&out);
	json_out_object_end(&out);
	buf_byte(&buf, '\n');
	if (buf.overflow)
		return fail(ctx, RC_TOO_LARGE, N_("The form is too large for one schema."), NULL);
	*ret = buf_view(&buf);
	return RC_OK;
}
