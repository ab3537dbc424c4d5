/* Registers: their descriptions, found, loaded and printed. See registry.h. */
#include "domain/registry/registry.h"

#include "base/yaml.h"
#include "domain/registry/registry_int.h"
#include "domain/registry/registry_sql.h"

#include "base/banned.h"

/* As registers.yaml writes them. */
static const char *const type_codes[] = {
#define X(name, code) [REGISTRY_##name] = code,
	REGISTRY_TYPES(X)
#undef X
};
static const char *const subject_codes[] = {
	[REGISTRY_NATURAL] = "natural", [REGISTRY_LEGAL] = "legal", [REGISTRY_PLACE] = "place" };

/* --- finding --- */

static enum rc describe(struct ctx *ctx, const struct sql_registry_by_name_row *row, struct registry *ret)
{
	struct sql_registry_fields_of_rows rows;

	TRY(sql_registry_fields_of(ctx, row->name, &rows));
	struct registry_field *fields = ARENA_ARRAY(ctx->arena, struct registry_field, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		fields[i] = (struct registry_field){
			.name = rows.at[i].name,
			.type = (enum registry_type)rows.at[i].type,
			.label = { rows.at[i].label_zh, rows.at[i].label_en },
			.is_sensitive = rows.at[i].sensitive != 0,
		};
	*ret = (struct registry){
		.name = row->name,
		.department = row->department,
		.key = row->key,
		.share = row->share,
		.title = { row->title_zh, row->title_en },
		.subject = (enum registry_subject)row->subject,
		.fields = fields,
		.field_count = rows.len,
	};
	return RC_OK;
}

enum rc registry_describe(struct ctx *ctx, struct sv name, struct registry *ret)
{
	struct sql_registry_by_name_row row;

	TRY(sql_registry_by_name(ctx, name, &row));
	return describe(ctx, &row, ret);
}

enum rc registry_title(struct ctx *ctx, struct sv name, struct bitext *ret)
{
	struct sql_registry_by_name_row row;

	TRY(sql_registry_by_name(ctx, name, &row));
	*ret = (struct bitext){ row.title_zh, row.title_en };
	return RC_OK;
}

enum rc registry_word(struct ctx *ctx, struct sv name, struct sv field, struct sv value, struct bitext *ret)
{
	struct sql_registry_word_of_row row;

	TRY(sql_registry_word_of(ctx, name, field, value, &row));
	*ret = (struct bitext){ row.zh, row.en };
	return RC_OK;
}

const struct registry_field *registry_field_find(const struct registry *registry, struct sv field)
{
	for (size_t i = 0; i < registry->field_count; i++)
		if (sv_equal(registry->fields[i].name, field))
			return &registry->fields[i];
	return NULL;
}

/* --- loading --- */

struct load {
	struct ctx *ctx;
	struct sv file;
};

static enum rc load_fault(const struct load *load, const struct json *at, const char *msgid, struct sv name)
{
	return fail_at(load->ctx, RC_INVALID, load->file, at ? at->line : 1, msgid, ARGS({ "name", name }));
}

static enum rc need_text(const struct load *load, const struct json *map, const char *key, struct sv *ret)
{
	struct sv text = json_string(json_path(map, sv_of(key)));

	if (sv_is_empty(text))
		return load_fault(load, map, N_("“{name}” is missing here."), sv_of(key));
	*ret = text;
	return RC_OK;
}

/* values: {paying: {zh: ..., en: ...}, ...} of a field whose values are codes. */
static enum rc load_words(const struct load *load, struct sv registry, struct sv field, const struct json *values)
{
	for (const struct json *v = json_first(values); v; v = json_next(values, v)) {
		struct sql_registry_word_open_params word = { .registry = registry, .field = field, .value = json_key(v) };
		TRY(need_text(load, v, "zh", &word.zh));
		TRY(need_text(load, v, "en", &word.en));
		TRY(sql_registry_word_open(load->ctx, &word));
	}
	return RC_OK;
}

static enum rc load_field(const struct load *load, const struct registry_table *table, struct sv registry,
	const struct json *map, int64_t position)
{
	struct sql_registry_field_open_params field = { .registry = registry, .position = position };
	struct sv type;

	TRY(need_text(load, map, "name", &field.name));
	TRY(need_text(load, map, "type", &type));
	TRY(need_text(load, map, "label.zh", &field.label_zh));
	TRY(need_text(load, map, "label.en", &field.label_en));
	field.sensitive = json_bool(json_get(map, SV("sensitive")), false);
	const struct registry_column *column = registry_column_find(table, field.name);
	if (!column)
		return load_fault(load, map, N_("The register has no field “{name}”. Take it out or correct its spelling."),
			field.name);
	if (!sv_equal_z(type, type_codes[column->type]))
		return load_fault(load, map, N_("The field “{name}” has another type; see the table of registers."), field.name);
	field.type = column->type;
	TRY(sql_registry_field_open(load->ctx, &field));
	return load_words(load, registry, field.name, json_get(map, SV("values")));
}

static enum rc load_register(const struct load *load, const struct json *map, int64_t position)
{
	struct sql_registry_open_params registry = { .position = position };
	const struct json *fields = json_get(map, SV("fields"));
	struct sv subject;
	int64_t i = 0;

	TRY(need_text(load, map, "name", &registry.name));
	TRY(need_text(load, map, "title.zh", &registry.title_zh));
	TRY(need_text(load, map, "title.en", &registry.title_en));
	TRY(need_text(load, map, "department", &registry.department));
	TRY(need_text(load, map, "key", &registry.key));
	TRY(need_text(load, map, "share", &registry.share));
	TRY(need_text(load, map, "subject", &subject));
	for (int64_t s = REGISTRY_NATURAL; s <= REGISTRY_PLACE; s++)
		if (sv_equal_z(subject, subject_codes[s]))
			registry.subject = s;
	const struct registry_table *table = registry_table_find(registry.name);
	if (!table)
		return load_fault(load, map, N_("There is no register “{name}” in this program."), registry.name);
	if (!registry.subject || !sv_equal_z(registry.key, registry_key_column(table)->name))
		return load_fault(load, map, N_("The subject or the key of “{name}” is not right."), registry.name);
	if (json_count(fields) != table->count)
		return load_fault(load, map, N_("Describe every field of “{name}” exactly once."), registry.name);
	TRY(sql_registry_open(load->ctx, &registry));
	for (const struct json *v = json_first(fields); v; v = json_next(fields, v))
		TRY(load_field(load, table, registry.name, v, i++));
	return RC_OK;
}

enum rc registry_load(struct ctx *ctx, struct sv file, struct sv yaml)
{
	const struct json *map;
	struct load load = { ctx, file };
	int64_t position = 0;

	TRY(yaml_parse(ctx, file, yaml, &json_limits_file, &map));
	const struct json *list = json_get(map, SV("registers"));
	if (json_count(list) != registry_table_count)
		return load_fault(&load, map, N_("Describe every register exactly once under “{name}”."), SV("registers"));
	TRY(sql_registry_words_clear(ctx));
	TRY(sql_registry_fields_clear(ctx));
	TRY(sql_registry_clear(ctx));
	for (const struct json *v = json_first(list); v; v = json_next(list, v))
		TRY(load_register(&load, v, position++));
	return RC_OK;
}

/* --- printing --- */

static enum rc print_words(struct ctx *ctx, struct json_out *out, struct sv registry, struct sv field)
{
	struct sql_registry_words_of_rows words;

	TRY(sql_registry_words_of(ctx, registry, field, &words));
	if (!words.len)
		return RC_OK;
	json_out_key(out, SV("values"));
	json_out_object(out);
	for (size_t i = 0; i < words.len; i++)
		bitext_print(out, words.at[i].value, (struct bitext){ words.at[i].zh, words.at[i].en });
	json_out_object_end(out);
	return RC_OK;
}

static enum rc print_field(struct ctx *ctx, struct json_out *out, struct sv registry, const struct registry_field *field)
{
	json_out_object(out);
	json_out_member(out, SV("name"), field->name);
	json_out_member(out, SV("type"), sv_of(type_codes[field->type]));
	bitext_print(out, SV("label"), field->label);
	json_out_key(out, SV("sensitive"));
	json_out_bool(out, field->is_sensitive);
	TRY(print_words(ctx, out, registry, field->name));
	json_out_object_end(out);
	return RC_OK;
}

static enum rc print_register(struct ctx *ctx, struct json_out *out, const struct registry *registry)
{
	json_out_object(out);
	json_out_member(out, SV("name"), registry->name);
	bitext_print(out, SV("title"), registry->title);
	json_out_member(out, SV("department"), registry->department);
	json_out_member(out, SV("subject"), sv_of(subject_codes[registry->subject]));
	json_out_member(out, SV("key"), registry->key);
	json_out_member(out, SV("share"), registry->share);
	json_out_key(out, SV("fields"));
	json_out_array(out);
	for (size_t i = 0; i < registry->field_count; i++)
		TRY(print_field(ctx, out, registry->name, &registry->fields[i]));
	json_out_array_end(out);
	json_out_object_end(out);
	return RC_OK;
}

enum rc registry_print(struct ctx *ctx, struct json_out *out)
{
	struct sql_registry_by_name_rows rows;
	struct registry registry;

	TRY(sql_registry_all(ctx, &rows));
	json_out_object(out);
	json_out_key(out, SV("registers"));
	json_out_array(out);
	for (size_t i = 0; i < rows.len; i++) {
		TRY(describe(ctx, &rows.at[i], &registry));
		TRY(print_register(ctx, out, &registry));
	}
	json_out_array_end(out);
	json_out_object_end(out);
	return RC_OK;
}
