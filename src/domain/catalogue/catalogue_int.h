/* Private to the room: reading an item card with every fault collected. */
#ifndef DOMAIN_CATALOGUE_CATALOGUE_INT_H
#define DOMAIN_CATALOGUE_CATALOGUE_INT_H

#include "base/vec.h"
#include "domain/catalogue/service.h"

/* Adds a problem; dropped silently once SERVICE_MAX_PROBLEMS are there. */
void service_problem_add(struct ctx *ctx, struct service_problems *problems, struct sv file, uint32_t line,
	const char *msgid, const struct text_arg *args);
/* Moves the ctx's error (of an engine's parser) into the list and clears it. */
void service_problem_take(struct ctx *ctx, struct service_problems *problems, struct sv file);

/* service.yaml into *service; problems are added for unknown keys, missing translations, wrong types. */
void service_card_read(struct ctx *ctx, const struct json *card, struct service_problems *problems, struct service *service);

/* Parses the result templates (service_paper_pages.c: the language is that of http/template.h). */
void service_papers_check(struct ctx *ctx, const struct service *service, struct service_problems *problems);

/* acceptances.yaml (absent text: none) into service->acceptances. */
void service_acceptances_read(struct ctx *ctx, struct sv text, struct service_problems *problems, struct service *service);
/* Compares the gaps that the analysis found in all decision files with the acceptances: problems for gaps that nobody
 * accepted, and for acceptances of gaps that are not there. */
struct dmn_problem;
void service_gaps_check(struct ctx *ctx, const struct service *service, const struct dmn_problem *const *gaps, size_t count,
	struct service_problems *problems);

#endif
