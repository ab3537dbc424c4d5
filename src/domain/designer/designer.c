/* Drafts: opened from the current version, edited by their author, published by somebody else. See designer.h.
 *
 * Invariants: (1) every change names the revision it saw and computes the folder's hash anew, so that a test or replay is
 * known to be of exactly this folder; (2) the hash never lies: it is computed from the files read back in the same
 * transaction; (3) what is published is what was tested. */
#include "domain/designer/designer.h"

#include <stdlib.h>

#include "base/civil.h"
#include "domain/designer/designer_int.h"
#include "domain/designer/designer_sql.h"
#include "engine/dmn/dmn.h"

#include "base/banned.h"

static const struct sv acceptances_file = SV_INIT("acceptances.yaml");

struct sv designer_hash_bytes(const struct hash *hash)
{
	return (struct sv){ (const char *)hash->bytes, sizeof(hash->bytes) };
}

/* --- reading --- */

enum rc designer_draft_find(struct ctx *ctx, struct id id, struct designer_draft *ret)
{
	struct sql_designer_draft_by_id_row row;
	enum rc rc = sql_designer_draft_by_id(ctx, id, &row);

	if (rc == RC_NOT_FOUND)
		return fail(ctx, rc, N_("There is no such draft. Look at the service's rules for those that are open."), NULL);
	TRY(rc);
	*ret = (struct designer_draft){ .id = row.id, .base = row.base, .author = row.author, .published = row.published,
		.service_code = row.service_code, .author_name = row.author_name, .state = (enum designer_state)row.state,
		.revision = row.revision, .opened_at = row.opened_at, .saved_at = row.saved_at };
	memcpy(ret->hash.bytes, row.folder_hash.ptr, sizeof(ret->hash.bytes));
	return RC_OK;
}

static int by_path(const void *a, const void *b)
{
	return sv_compare(((const struct service_file *)a)->path, ((const struct service_file *)b)->path);
}

static enum rc read_files(struct ctx *ctx, struct id base, struct id draft, struct service_file **ret, size_t *ret_count)
{
	struct sql_designer_draft_files_rows rows;
	struct service_file *old;
	size_t count;

	TRY(catalogue_files(ctx, base, &old, &count));
	TRY(sql_designer_draft_files(ctx, draft, &rows));
	struct service_file *files = ARENA_ARRAY(ctx->arena, struct service_file, count + rows.len);
	memcpy(files, old, count * sizeof(*files));
	for (size_t i = 0; i < rows.len; i++) {
		size_t at = 0;
		while (at < count && !sv_equal(files[at].path, rows.at[i].path))
			at++;
		files[at] = (struct service_file){ rows.at[i].path, rows.at[i].bytes };
		count += at == count;
	}
	qsort(files, count, sizeof(*files), by_path);
	*ret = files;
	*ret_count = count;
	return RC_OK;
}

enum rc designer_files(struct ctx *ctx, const struct designer_draft *draft, struct service_file **ret, size_t *ret_count)
{
	return read_files(ctx, draft->base, draft->id, ret, ret_count);
}

struct sv designer_file_bytes(const struct service_file *files, size_t count, struct sv path)
{
	for (size_t i = 0; i < count; i++)
		if (sv_equal(files[i].path, path))
			return files[i].bytes;
	return (struct sv){ NULL, 0 };
}

bool designer_may_edit(struct sv path)
{
	return sv_has_suffix(path, SV(".dmn")) || sv_equal(path, SV("cases.yaml")) || sv_equal(path, acceptances_file);
}

/* --- the author's acts --- */

enum rc designer_draft_open(struct ctx *ctx, struct sv service_code, struct id *ret)
{
	struct sql_designer_drafts_of_rows open;
	struct service_file *files;
	struct id base, id = id_new(ctx);
	int64_t number;
	size_t count;

	TRY(catalogue_version_find(ctx, service_code, 0, &base, &number));
	TRY(sql_designer_drafts_of(ctx, service_code, DESIGNER_MAX_DRAFTS, &open));
	if (open.len == DESIGNER_MAX_DRAFTS)
		return fail(ctx, RC_CONFLICT, N_("This service has as many open drafts as it may have. Put one away first."), NULL);
	TRY(catalogue_files(ctx, base, &files, &count));
	struct hash hash = service_folder_hash(files, count);
	TRY(sql_designer_draft_add(ctx, &(struct sql_designer_draft_add_params){ .id = id, .service_code = service_code, .base = base,
		.author = ctx->who->account, .opened_at = clock_now(ctx->clock), .folder_hash = designer_hash_bytes(&hash) }));
	*ret = id;
	return RC_OK;
}

/* The draft as its author may change it now. */
static enum rc take(struct ctx *ctx, struct id id, int64_t revision, struct designer_draft *ret)
{
	TRY(designer_draft_find(ctx, id, ret));
	if (!id_equal(ret->author, ctx->who->account))
		return fail(ctx, RC_FORBIDDEN, N_("Only its author changes a draft. Begin a draft of your own."), NULL);
	if (ret->state != DRAFT_OPEN)
		return fail(ctx, RC_CONFLICT, N_("This draft is closed. Begin a new one."), NULL);
	if (ret->revision != revision)
		return fail(ctx, RC_CONFLICT,
			N_("The draft was changed elsewhere since you opened this page. What you typed is still here: compare, then save again."),
			NULL);
	return RC_OK;
}

static enum rc moved_on(struct ctx *ctx)
{
	return fail(ctx, RC_CONFLICT, N_("The draft was changed elsewhere at this moment. Look at it again, then repeat."), NULL);
}

/* After its files or base changed: the hash of what it is now. */
static enum rc settle(struct ctx *ctx, const struct designer_draft *draft, struct id base)
{
	struct service_file *files;
	size_t count, total = 0;
	int64_t changed;

	TRY(read_files(ctx, base, draft->id, &files, &count));
	for (size_t i = 0; i < count; i++)
		total += files[i].bytes.len;
	if (count > SERVICE_MAX_FILES || total > SERVICE_MAX_BYTES)
		return fail(ctx, RC_TOO_LARGE, N_("The folder is larger than a service may be."), NULL);
	struct hash hash = service_folder_hash(files, count);
	TRY(sql_designer_draft_change(ctx, &(struct sql_designer_draft_change_params){ .id = draft->id, .revision = draft->revision, .base = base,
		.saved_at = clock_now(ctx->clock), .folder_hash = designer_hash_bytes(&hash) }, &changed));
	return changed ? RC_OK : moved_on(ctx);
}

/* A model that no editor could open again is not kept; what the analysis finds in it is. */
static enum rc check_text(struct ctx *ctx, struct sv path, struct sv bytes)
{
	const struct dmn_model *model;

	if (bytes.len > DESIGNER_MAX_FILE)
		return fail_field(ctx, SV("text"), N_("The file is larger than it may be here."), NULL);
	if (!sv_has_suffix(path, SV(".dmn")))
		return RC_OK;
	enum rc rc = dmn_parse(ctx, path, bytes, NULL, &model);
	if (rc == RC_OK)
		return RC_OK;
	struct sv line = arena_printf(ctx->arena, "%u", ctx->err->line);
	struct sv why = ctx->err->msgid ? tr_args(ctx, ctx->err->msgid, ctx->err->args) : SV("");
	error_clear(ctx);
	return fail_field(ctx, SV("text"), N_("Line {line}: {why}"), ARGS({ "line", line }, { "why", why }));
}

static enum rc put_file(struct ctx *ctx, const struct designer_draft *draft, struct sv path, struct sv bytes)
{
	struct service_file *base;
	size_t count;

	TRY(catalogue_files(ctx, draft->base, &base, &count));
	struct sv before = designer_file_bytes(base, count, path);
	/* what is as it was, or an acceptance file without entries, is no change */
	bool gone = sv_is_absent(before) && sv_is_empty(sv_trim(bytes));
	if (gone || (!sv_is_absent(before) && sv_equal(before, bytes)))
		TRY(sql_designer_draft_file_drop(ctx, draft->id, path));
	else
		TRY(sql_designer_draft_file_put(ctx, draft->id, path, bytes));
	return settle(ctx, draft, draft->base);
}

enum rc designer_file_save(struct ctx *ctx, struct id id, int64_t revision, struct sv path, struct sv bytes)
{
	struct designer_draft draft;
	struct service_file *files;
	size_t count;

	TRY(take(ctx, id, revision, &draft));
	TRY(designer_files(ctx, &draft, &files, &count));
	bool known = !sv_is_absent(designer_file_bytes(files, count, path)) || sv_equal(path, acceptances_file);
	if (!known || !designer_may_edit(path))
		return fail(ctx, RC_NOT_FOUND, N_("This file is not changed here. Choose one from the draft's list."), NULL);
	TRY(check_text(ctx, path, bytes));
	return put_file(ctx, &draft, path, bytes);
}

enum rc designer_gap_accept(struct ctx *ctx, struct id id, int64_t revision, const struct service_acceptance *acceptance)
{
	struct designer_draft draft;
	struct service_acceptance whole = *acceptance;
	struct service_file *files;
	size_t count;
	char day[11];

	TRY(take(ctx, id, revision, &draft));
	TRY(designer_files(ctx, &draft, &files, &count));
	struct sv before = sv_trim(designer_file_bytes(files, count, acceptances_file));
	if (sv_equal(before, SV("[]")))
		before = SV("");
	whole.accepted_by = arena_printf(ctx->arena, "%.*s %.*s, %.*s", SV_FMT(ctx->who->name), SV_FMT(ctx->who->code),
		SV_FMT(civil_day_text(civil_china_day(clock_now(ctx->clock)), day)));
	return put_file(ctx, &draft, acceptances_file, arena_printf(ctx->arena, "%.*s%s%.*s", SV_FMT(before), before.len ? "\n" : "",
		SV_FMT(service_acceptance_text(ctx, &whole))));
}

enum rc designer_rebase(struct ctx *ctx, struct id id, int64_t revision)
{
	struct designer_draft draft;
	struct id current;
	int64_t number;

	TRY(take(ctx, id, revision, &draft));
	TRY(catalogue_version_find(ctx, draft.service_code, 0, &current, &number));
	return settle(ctx, &draft, current);
}

enum rc designer_draft_drop(struct ctx *ctx, struct id id, int64_t revision)
{
	struct designer_draft draft;
	int64_t changed;

	TRY(take(ctx, id, revision, &draft));
	TRY(sql_designer_draft_end(ctx, DRAFT_DROPPED, (struct id){ { 0 } }, id, revision, &changed));
	return changed ? RC_OK : moved_on(ctx);
}

/* --- tests --- */

enum rc designer_test_put(struct ctx *ctx, struct id id, struct hash folder, const struct service_outcome *cases, size_t count)
{
	int64_t passed = 0;

	TRY(sql_designer_test_cases_drop(ctx, id));
	for (size_t i = 0; i < count; i++) {
		passed += cases[i].passed;
		TRY(sql_designer_test_case_add(ctx, &(struct sql_designer_test_case_add_params){ .draft = id,
			.number = (int64_t)i + 1, .name = cases[i].name,
			.passed = cases[i].passed, .differences = cases[i].differences }));
	}
	return sql_designer_test_put(ctx, &(struct sql_designer_test_put_params){ .draft = id, .folder_hash = designer_hash_bytes(&folder),
		.at = clock_now(ctx->clock), .passed = passed, .failed = (int64_t)count - passed });
}

/* --- publishing --- */

static enum rc check_tested(struct ctx *ctx, const struct designer_draft *draft)
{
	struct sql_designer_test_of_row test;
	enum rc rc = sql_designer_test_of(ctx, draft->id, &test);

	if (rc != RC_OK && rc != RC_NOT_FOUND)
		return rc;
	if (rc == RC_NOT_FOUND || !sv_equal(test.folder_hash, designer_hash_bytes(&draft->hash)))
		return fail(ctx, RC_INVALID, N_("The example cases were not run on this draft as it is. Run them, then publish."), NULL);
	if (test.failed || !test.passed)
		return fail(ctx, RC_INVALID, N_("Not every example case passes. Correct the rules or the cases, run them again, then publish."),
			NULL);
	return RC_OK;
}

enum rc designer_publish(struct ctx *ctx, struct id id, int64_t revision, struct service_problems *problems, struct id *ret_version)
{
	struct designer_draft draft;
	struct service_file *files;
	struct id current, version;
	int64_t number, changed;
	size_t count;

	TRY(designer_draft_find(ctx, id, &draft));
	if (id_equal(draft.author, ctx->who->account))
		return fail(ctx, RC_FORBIDDEN, N_("Rules are published by somebody else than their author. Ask another administrator."), NULL);
	if (draft.state != DRAFT_OPEN)
		return fail(ctx, RC_CONFLICT, N_("This draft is closed. Begin a new one."), NULL);
	if (draft.revision != revision)
		return moved_on(ctx);
	TRY(catalogue_version_find(ctx, draft.service_code, 0, &current, &number));
	if (!id_equal(current, draft.base))
		return fail(ctx, RC_CONFLICT, N_("A newer version was published since. Its author takes it as the base of the draft first."), NULL);
	TRY(check_tested(ctx, &draft));
	TRY(designer_files(ctx, &draft, &files, &count));
	TRY(catalogue_publish(ctx, files, count, problems, &version));
	if (id_equal(version, current))
		return fail(ctx, RC_INVALID, N_("The draft changes nothing. Change the rules first, or put it away."), NULL);
	TRY(sql_designer_draft_end(ctx, DRAFT_PUBLISHED, version, id, revision, &changed));
	if (!changed)
		return moved_on(ctx);
	*ret_version = version;
	return RC_OK;
}
