/* Services in dated versions: publishing a folder, finding a version compiled. See catalogue.h. */
#include "domain/catalogue/catalogue.h"

#include <assert.h>

#include "base/cache.h"
#include "base/hash.h"
#include "base/utf8.h"
#include "domain/catalogue/catalogue_int.h"
#include "domain/catalogue/catalogue_sql.h"
#include "domain/ledger/ledger.h"
#include "store/search.h"

#include "base/banned.h"

enum { SEARCH_RESULTS = 50 };

static const char cache_kind[] = "service";
static const struct sv search_kind = SV_INIT("service");

/* --- compiled versions --- */

static enum rc load(struct ctx *ctx, struct id version, const struct service **ret)
{
	struct sql_version_by_id_row row;
	struct service_problems problems = { 0 };
	const struct service *parsed;
	struct service_file *files;
	size_t count;

	TRY(sql_version_by_id(ctx, version, &row));
	TRY(catalogue_files(ctx, version, &files, &count));
	TRY(service_parse(ctx, files, count, &problems, &parsed));
	struct service *service = ARENA_NEW(ctx->arena, struct service);
	*service = *parsed;
	service->id = row.service;
	service->version = version;
	service->version_number = row.number;
	service->published_at = row.published_at;
	*ret = service;
	return RC_OK;
}

enum rc catalogue_version(struct ctx *ctx, struct id version, const struct service **ret)
{
	const void *kept = ctx->cache ? cache_get(ctx->cache, cache_kind, version) : NULL;

	assert(!id_is_zero(version));
	if (kept) {
		*ret = kept;
		return RC_OK;
	}
	if (!ctx->cache)
		return load(ctx, version, ret);
	struct ctx inner = *ctx;
	inner.arena = cache_begin(ctx->cache);
	inner.arena->guard = ctx->arena->guard;
	enum rc rc = load(&inner, version, ret);
	if (rc == RC_OK) {
		cache_put(ctx->cache, cache_kind, version, *ret);
		return RC_OK;
	}
	const char *why = ctx->err->msgid; /* a literal; the error's other texts go with the abandoned arena */
	error_clear(ctx);
	cache_abandon(ctx->cache);
	return rc == RC_NOT_FOUND ? rc : fail_internal(ctx, "a published service version does not load: %s", why ? why : "?");
}

enum rc catalogue_current(struct ctx *ctx, struct sv code, const struct service **ret)
{
	struct sql_service_by_code_row row;
	enum rc rc = sql_service_by_code(ctx, code, &row);

	if (rc == RC_NOT_FOUND)
		return fail(ctx, rc, N_("There is no such service. Look for it by its name."), NULL);
	TRY(rc);
	return catalogue_version(ctx, row.current_version, ret);
}

enum rc catalogue_version_find(struct ctx *ctx, struct sv code, int64_t number, struct id *ret, int64_t *ret_number)
{
	struct sql_service_by_code_row service;
	struct sql_version_by_id_row current;
	struct sql_version_by_number_row row;
	enum rc rc = sql_service_by_code(ctx, code, &service);

	if (rc == RC_NOT_FOUND)
		return fail(ctx, rc, N_("There is no such service. Look for it by its name."), NULL);
	TRY(rc);
	TRY(sql_version_by_id(ctx, service.current_version, &current));
	if (number == 0 || number == current.number) {
		*ret = service.current_version;
		*ret_number = current.number;
		return RC_OK;
	}
	rc = sql_version_by_number(ctx, service.id, number, &row);
	if (rc == RC_NOT_FOUND)
		return fail(ctx, rc, N_("The service has no such version. Choose one from its list."), NULL);
	TRY(rc);
	*ret = row.id;
	*ret_number = number;
	return RC_OK;
}

enum rc catalogue_files(struct ctx *ctx, struct id version, struct service_file **ret, size_t *ret_count)
{
	struct sql_files_of_rows rows;

	TRY(sql_files_of(ctx, version, &rows));
	struct service_file *files = ARENA_ARRAY(ctx->arena, struct service_file, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		files[i] = (struct service_file){ rows.at[i].path, rows.at[i].bytes };
	*ret = files;
	*ret_count = rows.len;
	return RC_OK;
}

/* --- publishing --- */

static enum rc index_words(struct ctx *ctx, const struct service *service, struct id id)
{
	struct buf words;

	buf_init(&words, ctx->arena, 1 << 20);
	const struct sv parts[] = { service->name.zh, service->name.en, service->keywords, service->summary.zh,
		service->summary.en, service->life_event.zh, service->life_event.en, service->guide.zh, service->guide.en };
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		buf_sv(&words, parts[i]);
		buf_byte(&words, '\n');
	}
	return store_search_put(ctx, search_kind, id, utf8_search_terms(ctx->arena, buf_view(&words)));
}

/* Publishing is an act: its leaf holds the hash of the folder, so that anybody can tell which rules were in force when. */
static enum rc record_publishing(struct ctx *ctx, const struct service *service, int64_t number)
{
	struct buf record;
	struct id leaf;

	buf_init(&record, ctx->arena, 4096);
	struct json_out out = json_out_to(&record);
	json_out_object(&out);
	json_out_member(&out, SV("service"), service->code);
	json_out_member_i64(&out, SV("version"), number);
	json_out_object_end(&out);
	return ledger_append(ctx, &(struct ledger_act){ .type = SV("publish"), .department = service->body,
		.record = buf_view(&record), .rule_hash = &service->hash }, &leaf);
}

static enum rc add_version(struct ctx *ctx, const struct service *service, struct id service_id, int64_t number,
	const struct service_file *files, size_t count, struct id *ret)
{
	struct id id = id_new(ctx);

	TRY(sql_version_add(ctx, &(struct sql_version_add_params){
		.id = id,
		.service = service_id,
		.number = number,
		.published_at = clock_now(ctx->clock),
		.published_by = ctx->who->account,
		.folder_hash = { (const char *)service->hash.bytes, sizeof(service->hash.bytes) },
		.name_zh = service->name.zh,
		.name_en = service->name.en,
		.summary_zh = service->summary.zh,
		.summary_en = service->summary.en,
		.life_event_zh = service->life_event.zh,
		.life_event_en = service->life_event.en,
		.body = service->body,
		.handling = service->handling,
		.promised_days = service->promised.days,
	}));
	for (size_t i = 0; i < count; i++)
		TRY(sql_file_add(ctx, id, files[i].path, files[i].bytes));
	*ret = id;
	return record_publishing(ctx, service, number);
}

/* The next number of an existing service; 0 when the folder is what is published already. */
static enum rc next_number(struct ctx *ctx, const struct service *service, struct id current, int64_t *ret)
{
	struct sql_version_by_id_row row;

	TRY(sql_version_by_id(ctx, current, &row));
	struct sv hash = { (const char *)service->hash.bytes, sizeof(service->hash.bytes) };
	*ret = sv_equal(row.folder_hash, hash) ? 0 : row.number + 1;
	return RC_OK;
}

static enum rc put_version(struct ctx *ctx, const struct service *service, const struct service_file *files, size_t count,
	struct id *ret_version)
{
	struct sql_service_by_code_row row;
	enum rc rc = sql_service_by_code(ctx, service->code, &row);

	if (rc == RC_NOT_FOUND) {
		struct id id = id_new(ctx);
		/* the service names its version and the version its service: the former is corrected below */
		TRY(sql_service_add(ctx, id, service->code, id));
		TRY(add_version(ctx, service, id, 1, files, count, ret_version));
		TRY(sql_service_set_current(ctx, *ret_version, id));
		return index_words(ctx, service, id);
	}
	TRY(rc);
	int64_t number;
	TRY(next_number(ctx, service, row.current_version, &number));
	if (number == 0) {
		*ret_version = row.current_version;
		return RC_OK;
	}
	TRY(add_version(ctx, service, row.id, number, files, count, ret_version));
	TRY(sql_service_set_current(ctx, *ret_version, row.id));
	return index_words(ctx, service, row.id);
}

enum rc catalogue_publish(struct ctx *ctx, const struct service_file *files, size_t count, struct service_problems *problems,
	struct id *ret_version)
{
	const struct service *service;

	TRY(service_parse(ctx, files, count, problems, &service));
	TRY(service_lint(ctx, service, problems));
	if (problems->len)
		return fail(ctx, RC_INVALID, N_("The service folder has faults. Nothing was published."), NULL);
	return put_version(ctx, service, files, count, ret_version);
}

/* --- lists --- */

enum rc catalogue_list(struct ctx *ctx, struct catalogue_item **ret, size_t *ret_count)
{
	struct sql_services_current_rows rows;

	TRY(sql_services_current(ctx, &rows));
	struct catalogue_item *list = ARENA_ARRAY(ctx->arena, struct catalogue_item, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		list[i] = (struct catalogue_item){
			.code = rows.at[i].code,
			.name = { rows.at[i].name_zh, rows.at[i].name_en },
			.summary = { rows.at[i].summary_zh, rows.at[i].summary_en },
			.life_event = { rows.at[i].life_event_zh, rows.at[i].life_event_en },
			.body = rows.at[i].body,
			.handling = (enum service_handling)rows.at[i].handling,
			.promised_days = rows.at[i].promised_days,
		};
	*ret = list;
	*ret_count = rows.len;
	return RC_OK;
}

enum rc catalogue_search(struct ctx *ctx, struct sv query, struct catalogue_item **ret, size_t *ret_count)
{
	struct sv terms = utf8_search_terms(ctx->arena, query);
	struct store_hits hits;

	TRY(store_search_find(ctx, search_kind, terms, 0, SEARCH_RESULTS, &hits));
	struct catalogue_item *list = ARENA_ARRAY(ctx->arena, struct catalogue_item, hits.len);
	for (size_t i = 0; i < hits.len; i++) {
		struct sql_service_current_by_id_row row;
		TRY(sql_service_current_by_id(ctx, hits.at[i].subject, &row));
		list[i] = (struct catalogue_item){
			.code = row.code,
			.name = { row.name_zh, row.name_en },
			.summary = { row.summary_zh, row.summary_en },
			.life_event = { row.life_event_zh, row.life_event_en },
			.body = row.body,
			.handling = (enum service_handling)row.handling,
			.promised_days = row.promised_days,
		};
	}
	*ret = list;
	*ret_count = hits.len;
	return RC_OK;
}
