/* Registers: rows in and out by field name. See registry.h. */
#include "domain/registry/registry.h"

#include <assert.h>
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

	assert(count <= REGISTRY_MAX_FIELDS && (count == 0 || (fields && ret)));
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

/* RC_INVALID for the field when the text does not fit the type; absent text = none. */
static enum rc read_number(struct ctx *ctx, const struct registry_column *column, struct sv text, int64_t *ret)
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
	TRY(read_number(ctx, column, value, &number));
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
