/* Catalogue: which services there are, in which dated versions.
 *
 * Words: service item 政务服务事项, version 版本, publish 发布, guide 办事指南. Publishing reads a folder, lints it and stores its files
 * as a new version; nothing is published when a check fails and the running version stays. Cases keep the version they
 * were filed under. Compiled versions sit in the thread's cache.
 */
#ifndef DOMAIN_CATALOGUE_CATALOGUE_H
#define DOMAIN_CATALOGUE_CATALOGUE_H

#include "domain/catalogue/service.h"

struct module; /* http/module.h */
extern const struct module catalogue_decide_module, catalogue_module;

/* The current version by code, RC_NOT_FOUND if there is none; valid until the request ends. */
[[nodiscard]] enum rc catalogue_current(struct ctx *ctx, struct sv code, const struct service **ret);
/* A version by id (for running cases). */
[[nodiscard]] enum rc catalogue_version(struct ctx *ctx, struct id version, const struct service **ret);

/* The current version's id and number, or (number > 0) those of that version; RC_NOT_FOUND with a message. */
[[nodiscard]] enum rc catalogue_version_find(struct ctx *ctx, struct sv code, int64_t number, struct id *ret, int64_t *ret_number);
/* The files of a version in the order of their paths. */
[[nodiscard]] enum rc catalogue_files(struct ctx *ctx, struct id version, struct service_file **ret, size_t *ret_count);

/* Publishes a folder's files as a new version; RC_INVALID with problems and nothing changed when the lint finds faults.
 * The same files as the current version: *ret is that one and nothing is written. */
[[nodiscard]] enum rc catalogue_publish(struct ctx *ctx, const struct service_file *files, size_t count,
	struct service_problems *problems, struct id *ret_version);

/* A decision of the current version, applied to inputs from outside: only the model's own inputs, each of its type, absent ones null.
 * RC_NOT_FOUND: no such service or decision; RC_FORBIDDEN: a service of another department, without the right to all; RC_INVALID with
 * the input; RC_UNAVAILABLE at a limit. */
struct decide {
	struct sv service, decision; /* code; name or id */
	const struct json *inputs;
	bool explain;
};
struct decided {
	struct sv json;              /* {"service","version","decision","model":{...},"result","reason"?,"explanation"?} */
	struct sv decision;
	int64_t version;
};
[[nodiscard]] enum rc catalogue_decide(struct ctx *ctx, const struct decide *what, struct decided *ret);

/* What lists and search show of a service. */
struct catalogue_item {
	struct sv code;
	struct bitext name, summary, life_event;
	struct sv body;
	enum service_handling handling;
	int64_t promised_days;
};
[[nodiscard]] enum rc catalogue_list(struct ctx *ctx, struct catalogue_item **ret, size_t *ret_count);
/* By words, best first; two-character Chinese words are found. */
[[nodiscard]] enum rc catalogue_search(struct ctx *ctx, struct sv query, struct catalogue_item **ret, size_t *ret_count);

#endif
