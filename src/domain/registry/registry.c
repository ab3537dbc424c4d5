/* Registers: their descriptions, and rows in and out by field name. See registry.h. */
#include "domain/registry/registry.h"

#include <inttypes.h>
#include <stdalign.h>
#include <string.h>

#include "base/civil.h"
#include "base/csv.h"
#include "base/yaml.h"
#include "domain/registry/registry_int.h"
#include "domain/registry/registry_sql.h"

#include "base/banned.h"

enum { MAX_LIST_BYTES = 1 << 20 };

/* --- descriptions --- */

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

enum rc registry_list(struct ctx *ctx, struct registry **ret, size_t *ret_count)
{
	struct sql_registry_by_name_rows rows;

	TRY(sql_registry_all(ctx, &rows));
	struct registry *list = ARENA_ARRAY(ctx->arena, struct registry, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		TRY(describe(ctx, &rows.at[i], &list[i]));
	*ret = list;
	*ret_count = rows.len;
	return RC_OK;
}

const struct registry_field *registry_field_find(const struct registry *registry, struct sv field)
{
	for (size_t i = 0; i < registry->field_count; i++)
		if (sv_equal(registry->fields[i].name, field))
			return &registry->fields[i];
	return NULL;
}

/* --- loading the descriptions --- */

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
	static const char *const types[] = {
#define X(name, code) code,
		REGISTRY_TYPES(X)
#undef X
	};
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
	if (!sv_equal_z(type, types[column->type]))
		return load_fault(load, map, N_("The field “{name}” has another type; see the table of registers."), field.name);
	field.type = column->type;
	TRY(sql_registry_field_open(load->ctx, &field));
	return load_words(load, registry, field.name, json_get(map, SV("values")));
}

static enum rc load_register(const struct load *load, const struct json *map, int64_t position)
{
	static const char *const subjects[] = { "natural", "legal", "place" };
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
	for (int64_t s = 0; s < 3; s++)
		if (sv_equal_z(subject, subjects[s]))
			registry.subject = s + 1;
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

/* --- rows out --- */

static enum rc value_of(struct ctx *ctx, const struct registry_table *table, const struct registry_column *column,
	struct sv key, const void *row, struct registry_value *ret)
{
	const char *member = (const char *)row + column->in_row;
	struct buf buf;
	char day[11];

	buf_init(&buf, ctx->arena, MAX_LIST_BYTES);
	struct json_out out = json_out_to(&buf);
	*ret = (struct registry_value){ .json = SV("null") };
	switch (column->type) {
	case REGISTRY_TEXT:
		ret->text = *(const struct sv *)member;
		json_out_string(&out, ret->text);
		break;
	case REGISTRY_DATE:
		if (!((const struct opt_i64 *)member)->has)
			return RC_OK;
		ret->text = arena_copy(ctx->arena, civil_day_text(((const struct opt_i64 *)member)->value, day));
		json_out_string(&out, ret->text);
		break;
	case REGISTRY_NUMBER:
	case REGISTRY_MONEY:
		if (!((const struct opt_i64 *)member)->has)
			return RC_OK;
		ret->text = arena_printf(ctx->arena, "%" PRId64, ((const struct opt_i64 *)member)->value);
		json_out_number(&out, ret->text);
		break;
	case REGISTRY_LIST:
		TRY(table->find_list(ctx, key, &out));
		ret->text = buf_view(&buf);
		break;
	}
	ret->json = buf_view(&buf);
	return RC_OK;
}

enum rc registry_find(struct ctx *ctx, struct sv name, struct sv key, const struct sv *fields, size_t count,
	struct registry_value *ret)
{
	const struct registry_table *table = registry_table_find(name);
	const void *row;

	if (!table)
		return fail_internal(ctx, "no register %.*s", SV_FMT(name));
	TRY(table->find(ctx, key, &row));
	for (size_t i = 0; i < count; i++) {
		const struct registry_column *column = registry_column_find(table, fields[i]);
		if (!column)
			return fail_internal(ctx, "no field %.*s in register %.*s", SV_FMT(fields[i]), SV_FMT(name));
		TRY(value_of(ctx, table, column, key, row, &ret[i]));
	}
	return RC_OK;
}

/* --- rows in --- */

enum rc registry_number_read(struct ctx *ctx, const struct registry_column *column, struct sv text, int64_t *ret)
{
	struct sv field = sv_of(column->name);

	if (column->type == REGISTRY_DATE) {
		if (!civil_parse_day(text, ret))
			return fail_field(ctx, field, N_("Write the date like 2026-03-03."), NULL);
		return RC_OK;
	}
	if (!sv_parse_i64(text, ret))
		return fail_field(ctx, field, N_("Write a whole number, amounts in fen."), NULL);
	return RC_OK;
}

static enum rc put_value(struct ctx *ctx, const struct registry_column *column, struct sv value, char *params)
{
	if (sv_is_absent(value))
		return RC_OK;
	if (column->type == REGISTRY_TEXT) {
		*(struct sv *)(params + column->in_params) = value;
		return RC_OK;
	}
	int64_t number;
	TRY(registry_number_read(ctx, column, value, &number));
	*(struct opt_i64 *)(params + column->in_params) = opt_i64(number);
	return RC_OK;
}

static enum rc put_list(struct ctx *ctx, const struct registry_table *table, struct sv key, struct sv value)
{
	const struct json *list;

	TRY(json_parse(ctx, sv_of(table->name), value, &json_limits_request, &list));
	return table->put_list(ctx, key, list);
}

enum rc registry_put(struct ctx *ctx, struct sv name, const struct registry_pair *pairs, size_t count)
{
	const struct registry_table *table = registry_table_find(name);
	alignas(max_align_t) char params[REGISTRY_PARAMS_MAX] = { 0 };

	if (!table)
		return fail(ctx, RC_INVALID, N_("There is no register “{name}” in this program."), ARGS({ "name", name }));
	struct sv *key = (struct sv *)(params + registry_key_column(table)->in_params), list = { 0 };
	for (size_t i = 0; i < count; i++) {
		const struct registry_column *column = registry_column_find(table, pairs[i].field);
		if (!column)
			return fail_field(ctx, pairs[i].field, N_("The register has no such field."), NULL);
		if (column->type == REGISTRY_LIST)
			list = pairs[i].value;
		else
			TRY(put_value(ctx, column, pairs[i].value, params));
	}
	if (sv_is_empty(*key))
		return fail_field(ctx, sv_of(registry_key_column(table)->name), N_("Every row needs its key."), NULL);
	TRY(table->put(ctx, params));
	return sv_is_absent(list) ? RC_OK : put_list(ctx, table, *key, list);
}

enum rc registry_put_json(struct ctx *ctx, struct sv name, const struct json *row)
{
	struct registry_pair *pairs = ARENA_ARRAY(ctx->arena, struct registry_pair, json_count(row));
	size_t count = 0;

	for (const struct json *v = json_first(row); v; v = json_next(row, v)) {
		struct sv value = json_scalar(v);
		if (json_is(v, JSON_ARRAY)) {
			struct buf buf;
			buf_init(&buf, ctx->arena, MAX_LIST_BYTES);
			json_out_canonical(&buf, v);
			value = buf_view(&buf);
		}
		pairs[count++] = (struct registry_pair){ json_key(v), value };
	}
	return registry_put(ctx, name, pairs, count);
}

enum rc registry_import(struct ctx *ctx, struct sv name, struct sv file, struct sv text, int64_t *ret_count)
{
	struct csv csv = csv_open(file, text);
	struct sv *names, *fields;
	size_t name_count, count;
	int64_t rows = 0;
	bool more;

	TRY(csv_next(ctx, &csv, &names, &name_count, &more));
	if (!more || name_count > REGISTRY_MAX_FIELDS)
		return fail_at(ctx, RC_INVALID, file, 1, N_("The first row must name the fields, at most 64."), NULL);
	for (;;) {
		struct registry_pair pairs[REGISTRY_MAX_FIELDS];
		struct arena_mark mark = arena_mark(ctx->arena);
		TRY(csv_next(ctx, &csv, &fields, &count, &more));
		if (!more)
			break;
		if (count != name_count || rows >= REGISTRY_MAX_ROWS)
			return fail_at(ctx, RC_INVALID, file, csv.line,
				N_("This row does not have as many fields as the first, or the file is too long."), NULL);
		for (size_t i = 0; i < count; i++)
			pairs[i] = (struct registry_pair){ names[i], sv_is_empty(fields[i]) ? (struct sv){ 0 } : fields[i] };
		enum rc rc = registry_put(ctx, name, pairs, count);
		if (rc != RC_OK) {
			ctx->err->file = file;
			ctx->err->line = csv.line;
			return rc;
		}
		arena_rewind(ctx->arena, mark);
		rows++;
	}
	*ret_count = rows;
	return RC_OK;
}
