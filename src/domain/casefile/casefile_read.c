/* Reading cases: whole ones, their timelines, tasks and defects. An officer's read of a case is itself an act: it is
 * recorded (once in twelve hours for the same officer and case) and shown to the applicant under "who read my data". */
#include "domain/casefile/casefile_int.h"
#include "domain/casefile/casefile_sql.h"
#include "domain/exchange/exchange.h"

#include "base/banned.h"

/* The officer's open task in the case, if any: the reason of the read. */
static enum rc reason_task(struct ctx *ctx, const struct casefile *c, struct id *ret)
{
	struct sql_tasks_of_rows tasks;

	*ret = (struct id){ { 0 } };
	TRY(sql_tasks_of(ctx, c->id, &tasks));
	for (size_t i = 0; i < tasks.len; i++)
		if (!tasks.at[i].closed_at && sv_equal(tasks.at[i].department, ctx->who->department_code))
			*ret = tasks.at[i].id;
	return RC_OK;
}

static enum rc record_read(struct ctx *ctx, const struct casefile *c)
{
	struct sql_read_recent_rows recent;
	int64_t now = clock_now(ctx->clock);
	struct id task, leaf;
	struct party party;
	struct bitext basis = { 0 };

	TRY(sql_read_recent(ctx, c->id, ctx->who->account, now - CASE_READ_AGAIN_MS, &recent));
	if (recent.len)
		return RC_OK;
	TRY(reason_task(ctx, c, &task));
	TRY(identity_party_find(ctx, c->party, &party));
	if (c->service->basis_count)
		basis = flow_basis(ctx, &c->service->bases[0]);
	TRY(exchange_record_case(ctx, &(struct exchange_case_read){ .subject_code = party.code, .basis = basis,
		.case_id = c->id, .case_number = c->number }, &leaf));
	return sql_read_add(ctx, &(struct sql_read_add_params){ .id = leaf, .case_id = c->id, .party = c->party,
		.account = ctx->who->account, .department = ctx->who->department_code, .at = now, .task = task });
}

enum rc casefile_find(struct ctx *ctx, struct id id, struct casefile *ret)
{
	struct casefile c;

	TRY(case_open(ctx, id, &c));
	TRY(casefile_may_see(ctx, &c));
	if (ctx->who->kind == PRINCIPAL_OFFICER)
		TRY(record_read(ctx, &c));
	*ret = c;
	return RC_OK;
}

enum rc casefile_form(struct ctx *ctx, const struct casefile *c, const struct json **ret)
{
	struct pad pad;

	TRY(pad_open(ctx, c->id, 0, &pad));
	return json_parse(ctx, SV("form"), pad.form, &json_limits_file, ret);
}

enum rc casefile_events(struct ctx *ctx, const struct casefile *c, struct casefile_event **ret, size_t *ret_count)
{
	struct sql_events_of_rows rows;

	TRY(sql_events_of(ctx, c->id, &rows));
	struct casefile_event *list = ARENA_ARRAY(ctx->arena, struct casefile_event, rows.len);
	for (size_t i = 0; i < rows.len; i++) {
		list[i] = (struct casefile_event){
			.id = rows.at[i].id,
			.leaf = rows.at[i].leaf,
			.act = (enum casefile_act)rows.at[i].act,
			.at = rows.at[i].at,
			.actor_name = rows.at[i].actor_name,
			.actor_code = rows.at[i].actor_code,
			.department = rows.at[i].department,
		};
		TRY(case_unseal(ctx, c, rows.at[i].record, &list[i].record));
	}
	*ret = list;
	*ret_count = rows.len;
	return RC_OK;
}

enum rc casefile_tasks(struct ctx *ctx, struct id id, struct casefile_task **ret, size_t *ret_count)
{
	struct sql_tasks_of_rows rows;

	TRY(sql_tasks_of(ctx, id, &rows));
	struct casefile_task *list = ARENA_ARRAY(ctx->arena, struct casefile_task, rows.len);
	for (size_t i = 0; i < rows.len; i++)
		list[i] = (struct casefile_task){
			.id = rows.at[i].id, .case_id = rows.at[i].case_id, .assignee = rows.at[i].assignee,
			.element = rows.at[i].element, .act = rows.at[i].act, .department = rows.at[i].department,
			.post = rows.at[i].post, .wait = rows.at[i].wait, .opened_at = rows.at[i].opened_at,
			.due_day = rows.at[i].due_day, .closed_at = rows.at[i].closed_at, .outcome = rows.at[i].outcome,
			.silent = rows.at[i].silent != 0,
		};
	*ret = list;
	*ret_count = rows.len;
	return RC_OK;
}

enum rc casefile_defects(struct ctx *ctx, const struct casefile *c, struct casefile_defect **ret, size_t *ret_count)
{
	struct sql_defects_of_rows rows;
	size_t used = 0;

	TRY(sql_defects_of(ctx, c->id, &rows));
	struct casefile_defect *list = ARENA_ARRAY(ctx->arena, struct casefile_defect, rows.len);
	for (size_t i = 0; i < rows.len && rows.at[i].notice == rows.at[0].notice; i++) { /* the newest notice only */
		list[used].field = rows.at[i].field;
		TRY(case_unseal(ctx, c, rows.at[i].text, &list[used].text));
		used++;
	}
	*ret = list;
	*ret_count = used;
	return RC_OK;
}

struct sv hash_text(struct ctx *ctx, struct sv text)
{
	struct hash hash = hash_sha256(text);
	struct buf buf;

	buf_init(&buf, ctx->arena, 128);
	buf_hex(&buf, hash.bytes, sizeof(hash.bytes));
	return buf_view(&buf);
}

/* --- numbers --- */

/* Crockford's base 32 without I, L, O, U; eleven random characters and a check character (weighted sum modulo 31, a prime,
 * so that every single wrong character and every swap of neighbours is found). */
static const char number_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static int digit_of(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 32);
	if (c == 'O')
		c = '0';
	if (c == 'I' || c == 'L')
		c = '1';
	const char *hit = c ? strchr(number_alphabet, c) : NULL;
	return hit ? (int)(hit - number_alphabet) : -1;
}

static char check_of(const char *eleven)
{
	int sum = 0;

	for (int i = 0; i < 11; i++)
		sum += digit_of(eleven[i]) * (i + 2);
	return number_alphabet[sum % 31];
}

struct sv casefile_number_new(struct ctx *ctx)
{
	char plain[12];

	/* digits below 31 only: the check is modulo 31 */
	for (int i = 0; i < 11; i++)
		plain[i] = number_alphabet[random_below(ctx->random, 31)];
	plain[11] = check_of(plain);
	return arena_printf(ctx->arena, "%.4s-%.4s-%.4s", plain, plain + 4, plain + 8);
}

bool casefile_number_read(struct ctx *ctx, struct sv text, struct sv *ret)
{
	char plain[12];
	size_t used = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '-' || text.ptr[i] == ' ')
			continue;
		int digit = digit_of(text.ptr[i]);
		if (digit < 0 || digit > 30 || used == sizeof(plain))
			return false;
		plain[used++] = number_alphabet[digit];
	}
	if (used != sizeof(plain) || plain[11] != check_of(plain))
		return false;
	*ret = arena_printf(ctx->arena, "%.4s-%.4s-%.4s", plain, plain + 4, plain + 8);
	return true;
}
