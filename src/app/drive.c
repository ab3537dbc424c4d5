/* Cases driven by a program; see drive.h. */
#include "app/drive.h"

#include <assert.h>

#include "base/hash.h"
#include "engine/form/form.h"
#include "store/outbox.h"

#include "base/banned.h"

enum { DRIVE_MAX_FORM = 1 << 20, DRIVE_MAX_FIRES = 1000 };

static struct ctx as_applicant(const struct ctx *ctx, const struct drive_filing *filing, struct principal *who)
{
	struct ctx inner = *ctx;

	*who = (struct principal){ .kind = PRINCIPAL_PERSON, .account = filing->account, .subject = filing->party,
		.permissions = (uint64_t)1 << PERMISSION_APPLY };
	inner.who = who;
	return inner;
}

/* The answers of the case as they are, with those given laid over them. */
static enum rc merged(struct ctx *ctx, const struct casefile *c, const struct json *form, struct sv *ret)
{
	const struct json *document, *answers;
	struct buf buf;

	TRY(casefile_form(ctx, c, &document));
	answers = json_get(document, SV("answers"));
	buf_init(&buf, ctx->arena, DRIVE_MAX_FORM);
	struct json_out out = json_out_to(&buf);
	json_out_object(&out);
	for (const struct json *part = json_first(document); part; part = json_next(document, part)) {
		json_out_key(&out, json_key(part));
		if (!sv_equal(json_key(part), SV("answers"))) {
			json_out_value(&out, part);
			continue;
		}
		json_out_object(&out);
		for (const struct json *v = json_first(answers); v; v = json_next(answers, v))
			if (!json_get(form, json_key(v))) {
				json_out_key(&out, json_key(v));
				json_out_value(&out, v);
			}
		for (const struct json *v = json_first(form); v; v = json_next(form, v)) {
			json_out_key(&out, json_key(v));
			json_out_value(&out, v);
		}
		json_out_object_end(&out);
	}
	json_out_object_end(&out);
	*ret = buf_view(&buf);
	return RC_OK;
}

struct place {
	struct sv material, path;
};

static void find_place(void *own, const struct form_field *field, size_t page, struct sv path)
{
	struct place *place = own;

	(void)page; /* any */
	if (field->kind == FORM_FILE && sv_is_absent(place->path) && sv_equal(field->material, place->material))
		place->path = path;
}

static enum rc add_files(struct ctx *ctx, const struct casefile *c, const struct drive_filing *filing)
{
	for (size_t i = 0; i < filing->material_count; i++) {
		struct place place = { .material = filing->materials[i] };
		form_each_field(ctx, c->service->form, find_place, &place);
		if (sv_is_absent(place.path))
			return fail(ctx, RC_INVALID, N_("No field of the form takes the material “{name}”."),
				ARGS({ "name", place.material }));
		TRY(casefile_file_add(ctx, c->id, &(struct casefile_file){ .material = place.material, .field = place.path,
			.sha256 = hash_sha256(drive_paper), .type = SV("application/pdf"),
			.name = arena_printf(ctx->arena, "%.*s.pdf", SV_FMT(place.material)), .size = (int64_t)drive_paper.len }));
	}
	return RC_OK;
}

static struct sv situation_text(struct ctx *ctx, const struct json *situation)
{
	struct buf buf;

	if (!situation)
		return SV("{}");
	buf_init(&buf, ctx->arena, DRIVE_MAX_FORM);
	struct json_out out = json_out_to(&buf);
	json_out_value(&out, situation);
	return buf_view(&buf);
}

enum rc drive_file(struct ctx *ctx, const struct drive_filing *filing, struct id *ret)
{
	struct principal who;
	struct ctx inner = as_applicant(ctx, filing, &who);
	struct casefile c;
	struct sv form;
	int64_t revision;

	assert(!id_is_zero(filing->party) && !id_is_zero(filing->account));
	TRY(casefile_draft_open(&inner, filing->service, situation_text(ctx, filing->situation), ret));
	TRY(casefile_find(&inner, *ret, &c));
	TRY(add_files(&inner, &c, filing));
	TRY(merged(&inner, &c, filing->form, &form));
	TRY(casefile_draft_save(&inner, *ret, c.revision, form, &revision));
	return casefile_submit(&inner, *ret, revision);
}

enum rc drive_supplement(struct ctx *ctx, struct id id, const struct drive_filing *filing)
{
	struct principal who;
	struct ctx inner = as_applicant(ctx, filing, &who);
	struct casefile c;
	struct sv form;

	TRY(casefile_find(&inner, id, &c));
	TRY(add_files(&inner, &c, filing));
	TRY(merged(&inner, &c, filing->form, &form));
	return casefile_supplement(&inner, id, 0, form);
}

enum rc drive_step(struct ctx *ctx, struct id id, const struct drive_step *step)
{
	struct ctx inner = *ctx;
	struct casefile_task *tasks;
	size_t count;

	inner.who = step->officer ? step->officer : &principal_system;
	TRY(casefile_tasks(&inner, id, &tasks, &count));
	for (size_t i = 0; i < count; i++) {
		if (tasks[i].closed_at || !sv_equal(tasks[i].act, step->act))
			continue;
		if (!sv_is_empty(step->department) && !sv_equal(tasks[i].department, step->department))
			continue;
		return casefile_step_do(&inner, &(struct casefile_step){ .task = tasks[i].id, .outcome = step->outcome,
			.reasons = step->reasons, .defects = step->defects, .defect_count = step->defect_count });
	}
	return fail(ctx, RC_NOT_FOUND, N_("No task “{act}” is open in this case."), ARGS({ "act", step->act }));
}

enum rc drive_advance(struct ctx *ctx, struct id id, int64_t until)
{
	for (int i = 0; i < DRIVE_MAX_FIRES; i++) {
		int64_t due;
		TRY(casefile_timer_next(ctx, id, &due));
		if (due > until)
			break;
		if (due > clock_now(ctx->clock))
			*ctx->clock = clock_virtual(due);
		TRY(casefile_timers_run(ctx, id));
	}
	if (until > clock_now(ctx->clock))
		*ctx->clock = clock_virtual(until);
	return RC_OK;
}
