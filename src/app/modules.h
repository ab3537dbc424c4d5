/* The rooms of this program, and what is asked of all of them together. */
#ifndef APP_MODULES_H
#define APP_MODULES_H

#include "http/module.h"

extern const struct module app_module; /* jobs.c: what concerns all rooms */

/* In the order of their tables: a room behind those it refers to. */
extern const struct module *const modules[];
extern const size_t module_count;

/* Their tables, for store_migrate; in the arena. */
const struct store_room *const *modules_tables(struct arena *arena, size_t *ret_count);
/* Gives an event of the outbox to every subscription of its topic. */
struct store_subscribers;
const struct store_subscribers *modules_subscribers(struct arena *arena);
struct store_timer_handlers;
const struct store_timer_handlers *modules_timers(struct arena *arena);
/* Is there a GET route of exactly this path? */
bool modules_have_page(const char *path);

#endif
