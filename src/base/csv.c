/* CSV by RFC 4180; see csv.h. */
#include "base/csv.h"

#include <assert.h>

#include "base/utf8.h"
#include "base/vec.h"

#include "base/banned.h"

struct csv csv_open(struct sv name, struct sv text)
{
	if (sv_has_prefix(text, SV("\xEF\xBB\xBF")))
		text = sv_slice(text, 3, text.len);
	return (struct csv){ .rest = text, .name = name, .next_line = 1 };
}

static enum rc refuse(struct ctx *ctx, const struct csv *csv, const char *msgid)
{
	return fail_at(ctx, RC_MALFORMED, csv->name, csv->line, msgid, NULL);
}

/* Length of the line end at `at`, 0 if there is none. */
static size_t line_end(struct sv text, size_t at)
{
	if (at < text.len && text.ptr[at] == '\n')
		return 1;
	return at + 1 < text.len && text.ptr[at] == '\r' && text.ptr[at + 1] == '\n' ? 2 : 0;
}

/* The field in quotation marks at *at; *at moves behind the closing one. */
static enum rc quoted_field(struct ctx *ctx, struct csv *csv, size_t *at, struct sv *ret)
{
	struct sv text = csv->rest;
	size_t start = *at + 1, end = start, doubled = 0;

	for (;; end++) {
		end = sv_find_byte(text, '"', end);
		if (end == SIZE_MAX)
			return refuse(ctx, csv, N_("A quotation mark that opens in this row is not closed. Close it, or remove it."));
		if (end + 1 == text.len || text.ptr[end + 1] != '"')
			break;
		end++;
		doubled++;
	}
	for (size_t i = start; i < end; i++)
		csv->next_line += text.ptr[i] == '\n';
	*at = end + 1;
	*ret = sv_slice(text, start, end - start);
	if (doubled == 0)
		return RC_OK;
	char *out = arena_alloc(ctx->arena, end - start);
	size_t len = 0;
	for (size_t i = start; i < end; i++) {
		out[len++] = text.ptr[i];
		i += text.ptr[i] == '"';
	}
	*ret = (struct sv){ out, len };
	return RC_OK;
}

static enum rc plain_field(struct ctx *ctx, struct csv *csv, size_t *at, struct sv *ret)
{
	struct sv text = csv->rest;
	size_t start = *at, end = start;

	for (; end < text.len && text.ptr[end] != ',' && !line_end(text, end); end++)
		if (text.ptr[end] == '"' || text.ptr[end] == '\r')
			return refuse(ctx, csv,
				N_("A quotation mark or line break stands inside a field. Put the whole field in quotation marks and double those inside."));
	*at = end;
	*ret = sv_slice(text, start, end - start);
	return RC_OK;
}

static enum rc one_field(struct ctx *ctx, struct csv *csv, size_t *at, struct sv *ret)
{
	if (*at == csv->rest.len || csv->rest.ptr[*at] != '"')
		return plain_field(ctx, csv, at, ret);
	TRY(quoted_field(ctx, csv, at, ret));
	if (*at < csv->rest.len && csv->rest.ptr[*at] != ',' && !line_end(csv->rest, *at))
		return refuse(ctx, csv,
			N_("Something stands behind a closing quotation mark. Put a comma there, or double the mark if it belongs to the text."));
	return RC_OK;
}

static void skip_blank_lines(struct csv *csv)
{
	for (size_t len; (len = line_end(csv->rest, 0)) != 0; csv->next_line++)
		csv->rest = sv_slice(csv->rest, len, csv->rest.len);
}

enum rc csv_next(struct ctx *ctx, struct csv *csv, struct sv **ret_fields, size_t *ret_count, bool *ret_more)
{
	struct { VEC(struct sv); } fields = { 0 };
	size_t at = 0;

	assert(csv->next_line >= 1);
	skip_blank_lines(csv);
	csv->line = csv->next_line;
	if (csv->rest.len == 0) {
		*ret_more = false;
		return RC_OK;
	}
	for (bool more = true; more; at += more) {
		if (fields.len == CSV_MAX_FIELDS)
			return refuse(ctx, csv, N_("This row has too many columns. Check the commas and quotation marks."));
		struct sv field;
		TRY(one_field(ctx, csv, &at, &field));
		*VEC_PUSH(ctx->arena, &fields) = field;
		more = at < csv->rest.len && csv->rest.ptr[at] == ',';
	}
	if (!utf8_is_valid(sv_slice(csv->rest, 0, at)))
		return refuse(ctx, csv, N_("This row is not valid UTF-8. Save the file again with the encoding UTF-8."));
	csv->rest = sv_slice(csv->rest, at + line_end(csv->rest, at), csv->rest.len);
	csv->next_line++;
	*ret_fields = fields.at;
	*ret_count = fields.len;
	*ret_more = true;
	return RC_OK;
}
