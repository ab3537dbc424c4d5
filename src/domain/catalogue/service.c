/* From a folder's files to a compiled service: the card first, then what it names. Every fault is collected, so that
 * one run of the lint tells them all. See service.h. */
#include "domain/catalogue/service.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "base/yaml.h"
#include "domain/catalogue/catalogue_int.h"
#include "engine/bpmn/bpmn.h"
#include "engine/dmn/dmn.h"
#include "engine/feel/feel.h"
#include "engine/form/form.h"

#include "base/banned.h"

const struct service_material *service_material_find(const struct service *service, struct sv id)
{
	for (size_t i = 0; i < service->material_count; i++)
		if (sv_equal(service->materials[i].id, id))
			return &service->materials[i];
	return NULL;
}

const struct service_basis *service_basis_find(const struct service *service, struct sv id)
{
	for (size_t i = 0; i < service->basis_count; i++)
		if (sv_equal(service->bases[i].id, id))
			return &service->bases[i];
	return NULL;
}

const struct service_procedure *service_procedure_find(const struct service *service, struct sv id)
{
	for (size_t i = 0; i < service->procedure_count; i++)
		if (sv_equal(service->procedures[i].id, id))
			return &service->procedures[i];
	return NULL;
}

const struct service_result *service_result_find(const struct service *service, struct sv id)
{
	for (size_t i = 0; i < service->result_count; i++)
		if (sv_equal(service->results[i].id, id))
			return &service->results[i];
	return NULL;
}

const struct dmn_model *service_decision_find(const struct service *service, struct sv reference, struct sv *ret_decision)
{
	struct sv decision = reference, path = sv_cut(&decision, '#');

	for (size_t i = 0; i < service->decision_count; i++) {
		if (!sv_equal(service->decisions[i].path, path) || !dmn_find_decision(service->decisions[i].model, decision))
			continue;
		*ret_decision = decision;
		return service->decisions[i].model;
	}
	return NULL;
}

/* --- a folder on disk --- */

static enum rc read_file(struct ctx *ctx, int dir_fd, const char *name, struct service_file *file)
{
	int fd = openat(dir_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	size_t len = 0;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > SERVICE_MAX_BYTES) {
		if (fd >= 0)
			close(fd);
		return fail_at(ctx, RC_INVALID, sv_of(name), 0, N_("Only files of at most 4 MB belong in a service folder. Take this out."),
			NULL);
	}
	char *bytes = arena_alloc(ctx->arena, (size_t)st.st_size + 1);
	while (len < (size_t)st.st_size) {
		ssize_t got = read(fd, bytes + len, (size_t)st.st_size - len);
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	close(fd);
	*file = (struct service_file){ arena_copy(ctx->arena, sv_of(name)), { bytes, len } };
	return RC_OK;
}

static int by_path(const void *a, const void *b)
{
	return sv_compare(((const struct service_file *)a)->path, ((const struct service_file *)b)->path);
}

static enum rc read_entries(struct ctx *ctx, DIR *dir, struct service_file *files, size_t *ret_count)
{
	size_t count = 0, total = 0;

	for (struct dirent *entry; (entry = readdir(dir));) {
		if (entry->d_name[0] == '.')
			continue;
		if (count == SERVICE_MAX_FILES)
			return fail(ctx, RC_TOO_LARGE, N_("The folder holds more files than a service may have."), NULL);
		TRY(read_file(ctx, dirfd(dir), entry->d_name, &files[count]));
		total += files[count++].bytes.len;
		if (total > SERVICE_MAX_BYTES)
			return fail(ctx, RC_TOO_LARGE, N_("The folder is larger than a service may be."), NULL);
	}
	*ret_count = count;
	return RC_OK;
}

enum rc service_folder_read(struct ctx *ctx, struct sv path, struct service_file **ret, size_t *ret_count)
{
	struct service_file *files = ARENA_ARRAY(ctx->arena, struct service_file, SERVICE_MAX_FILES);
	DIR *dir = opendir(arena_z(ctx->arena, path));
	size_t count = 0;

	if (!dir)
		return fail_at(ctx, RC_NOT_FOUND, path, 0, N_("There is no such folder."), NULL);
	enum rc rc = read_entries(ctx, dir, files, &count);
	closedir(dir);
	TRY(rc);
	qsort(files, count, sizeof(*files), by_path);
	*ret = files;
	*ret_count = count;
	return RC_OK;
}

/* --- parsing --- */

static struct sv file_text(const struct service_file *files, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++)
		if (sv_equal_z(files[i].path, path))
			return files[i].bytes;
	return (struct sv){ NULL, 0 };
}

/* The text of a file that must be there. */
static struct sv needed(struct ctx *ctx, const struct service_file *files, size_t count, const char *path,
	struct service_problems *problems)
{
	struct sv text = file_text(files, count, path);

	if (sv_is_absent(text))
		service_problem_add(ctx, problems, sv_of(path), 0, N_("This file is missing from the folder."), NULL);
	return text;
}

struct hash service_folder_hash(const struct service_file *files, size_t count)
{
	struct hash_stream *stream = hash_stream_new();

	for (size_t i = 0; i < count; i++) {
		assert(i == 0 || sv_compare(files[i - 1].path, files[i].path) < 0);
		struct hash one = hash_sha256(files[i].bytes);
		hash_stream_add(stream, files[i].path);
		hash_stream_add(stream, SV("\n"));
		hash_stream_add(stream, (struct sv){ (const char *)one.bytes, sizeof(one.bytes) });
	}
	return hash_stream_end(stream);
}

static void parse_decisions(struct ctx *ctx, const struct service_file *files, size_t count,
	struct service_problems *problems, struct service *service)
{
	service->decisions = ARENA_ARRAY(ctx->arena, struct service_dmn, count);
	for (size_t i = 0; i < count; i++) {
		const struct dmn_model *model;
		if (!sv_has_suffix(files[i].path, SV(".dmn")))
			continue;
		if (dmn_parse(ctx, files[i].path, files[i].bytes, NULL, &model) != RC_OK) {
			service_problem_take(ctx, problems, files[i].path);
			continue;
		}
		service->decisions[service->decision_count++] = (struct service_dmn){ files[i].path, model };
	}
}

static void parse_templates(struct ctx *ctx, const struct service_file *files, size_t count,
	struct service_problems *problems, struct service *service)
{
	for (size_t i = 0; i < service->result_count; i++) {
		struct service_result *result = &service->results[i];
		result->template = needed(ctx, files, count, arena_z(ctx->arena, result->template_path), problems);
	}
}

/* Materials' `when` conditions, compiled; service->situations and form are already there. */
static void compile_conditions(struct ctx *ctx, const struct json *card, struct service_problems *problems,
	struct service *service)
{
	const struct json *list = json_get(card, SV("materials"));
	size_t i = 0;

	for (const struct json *v = json_first(list); v && i < service->material_count; v = json_next(list, v), i++) {
		const struct json *when = json_get(v, SV("when"));
		if (!when)
			continue;
		struct feel_scope scope = { .file = SV("service.yaml"), .line = when->line };
		if (feel_compile(ctx, &scope, json_scalar(when), &service->materials[i].when) != RC_OK)
			service_problem_take(ctx, problems, SV("service.yaml"));
	}
}

static void parse_card(struct ctx *ctx, struct sv text, struct service_problems *problems, struct service *service)
{
	const struct json *card;

	if (sv_is_absent(text))
		return;
	if (yaml_parse(ctx, SV("service.yaml"), text, &json_limits_request, &card) != RC_OK) {
		service_problem_take(ctx, problems, SV("service.yaml"));
		return;
	}
	service_card_read(ctx, card, problems, service);
	compile_conditions(ctx, card, problems, service);
}

static void parse_parts(struct ctx *ctx, const struct service_file *files, size_t count, struct service_problems *problems,
	struct service *service)
{
	struct sv form = needed(ctx, files, count, "form.json", problems);
	struct sv process = needed(ctx, files, count, "process.bpmn", problems);

	service->guide.zh = needed(ctx, files, count, "guide.zh.md", problems);
	service->guide.en = needed(ctx, files, count, "guide.en.md", problems);
	service->cases = file_text(files, count, "cases.yaml");
	if (!sv_is_absent(form) && form_parse(ctx, SV("form.json"), form, &service->form) != RC_OK)
		service_problem_take(ctx, problems, SV("form.json"));
	if (!sv_is_absent(process) && bpmn_parse(ctx, SV("process.bpmn"), process, &service->process) != RC_OK)
		service_problem_take(ctx, problems, SV("process.bpmn"));
	parse_decisions(ctx, files, count, problems, service);
	service_acceptances_read(ctx, file_text(files, count, "acceptances.yaml"), problems, service);
	parse_templates(ctx, files, count, problems, service);
}

static bool texts_are_utf8(struct ctx *ctx, const struct service_file *files, size_t count, struct service_problems *problems)
{
	bool all = true;

	for (size_t i = 0; i < count; i++) {
		if (utf8_is_valid(files[i].bytes))
			continue;
		service_problem_add(ctx, problems, files[i].path, 0, N_("The file is not UTF-8 text. Save it as UTF-8."), NULL);
		all = false;
	}
	return all;
}

enum rc service_parse(struct ctx *ctx, const struct service_file *files, size_t count, struct service_problems *problems,
	const struct service **ret)
{
	struct service *service = ARENA_NEW(ctx->arena, struct service);
	size_t before = problems->len;

	assert(count == 0 || files);
	if (texts_are_utf8(ctx, files, count, problems)) {
		service->hash = service_folder_hash(files, count);
		parse_card(ctx, needed(ctx, files, count, "service.yaml", problems), problems, service);
		parse_parts(ctx, files, count, problems, service);
	}
	if (problems->len > before)
		return fail(ctx, RC_INVALID, N_("The service folder has faults. Nothing was published."), NULL);
	*ret = service;
	return RC_OK;
}
