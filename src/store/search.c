/* Search: FTS5 on SQLite, a tsvector with a GIN index on PostgreSQL. Both get the same terms, already split, and match
 * them whole: neither database's own word splitting has a say. */
#include "store/search.h"

#include <assert.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "store/store_int.h"
#include "store/store_sql.h"

#include "base/banned.h"

enum { MAX_QUERY = 16 << 10, RANDOM_BITS = 20 };

/* Milliseconds and 20 random bits; of one connection they ascend. */
static int64_t next_doc(struct ctx *ctx)
{
	int64_t *last = &ctx->db->last_doc;
	int64_t doc = clock_now(ctx->clock) << RANDOM_BITS | (int64_t)random_below(ctx->random, 1 << RANDOM_BITS);

	*last = doc > *last ? doc : *last + 1;
	return *last;
}

/* Single spaces between terms; what is behind the maximum is not searched. */
static struct sv tidy(struct ctx *ctx, struct sv terms)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, STORE_MAX_TERMS);
	while (terms.len) {
		struct sv term = sv_cut(&terms, ' ');
		if (term.len == 0)
			continue;
		if (buf.len + term.len + 1 > STORE_MAX_TERMS)
			break;
		if (buf.len)
			buf_byte(&buf, ' ');
		buf_sv(&buf, term);
	}
	return buf_view(&buf);
}

enum rc store_search_put(struct ctx *ctx, struct sv kind, struct id subject, struct sv terms)
{
	struct sql_search_doc_put_row row;

	terms = tidy(ctx, terms);
	TRY(sql_search_doc_put(ctx, next_doc(ctx), kind, subject, &row));
	if (ctx->db->driver->is_postgres)
		return sql_search_postgres_put(ctx, terms, row.doc);
	TRY(sql_search_sqlite_delete(ctx, row.doc));
	return sql_search_sqlite_insert(ctx, row.doc, terms);
}

/* One term in quotes; a single Chinese character finds the bigrams that begin with it. */
static void add_term(struct buf *query, struct sv term, bool postgres)
{
	size_t at = 0;
	bool prefix = utf8_is_han(utf8_next(term, &at)) && at == term.len;
	char quote = postgres ? '\'' : '"';

	if (query->len)
		buf_sv(query, postgres ? SV(" & ") : SV(" "));
	buf_byte(query, quote);
	for (size_t i = 0; i < term.len; i++) {
		if (term.ptr[i] == quote || (postgres && term.ptr[i] == '\\'))
			buf_byte(query, term.ptr[i]);
		buf_byte(query, term.ptr[i]);
	}
	buf_byte(query, quote);
	if (prefix)
		buf_sv(query, postgres ? SV(":*") : SV("*"));
}

static struct sv query_of(struct ctx *ctx, struct sv terms, bool postgres)
{
	struct buf query;
	int count = 0;

	buf_init(&query, ctx->arena, MAX_QUERY);
	while (terms.len && count < STORE_MAX_QUERY_TERMS) {
		struct sv term = sv_cut(&terms, ' ');
		if (term.len == 0 || term.len > MAX_QUERY / STORE_MAX_QUERY_TERMS / 3)
			continue;
		add_term(&query, term, postgres);
		count++;
	}
	assert(!query.overflow);
	return buf_view(&query);
}

enum rc store_search_find(struct ctx *ctx, struct sv kind, struct sv terms, int64_t before, int64_t limit,
	struct store_hits *ret)
{
	bool postgres = ctx->db->driver->is_postgres;
	struct sql_search_sqlite_find_rows rows = { 0 };
	struct sv query = query_of(ctx, terms, postgres);

	assert(limit >= 0 && limit <= STORE_MAX_HITS);
	if (before == 0)
		before = INT64_MAX;
	if (query.len && postgres)
		TRY(sql_search_postgres_find(ctx, query, before, kind, limit, &rows));
	else if (query.len)
		TRY(sql_search_sqlite_find(ctx, query, before, kind, limit, &rows));
	*ret = (struct store_hits){ ARENA_ARRAY(ctx->arena, struct store_hit, rows.len), rows.len };
	for (size_t i = 0; i < rows.len; i++)
		ret->at[i] = (struct store_hit){ rows.at[i].subject, rows.at[i].doc };
	return RC_OK;
}
