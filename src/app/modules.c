/* The list of rooms: the one place that knows them all. A new room is one line here and one in meson.build. */
#include "app/modules.h"

#include "app/docs_pages.h"
#include "app/issue.h"
#include "app/rehearse.h"
#include "base/vec.h"
#include "domain/casefile/casefile.h"
#include "domain/catalogue/catalogue.h"
#include "domain/designer/designer.h"
#include "domain/exchange/exchange.h"
#include "domain/identity/identity.h"
#include "domain/ledger/ledger.h"
#include "domain/licence/licence.h"
#include "domain/notice/notice.h"
#include "domain/registry/registry.h"
#include "store/outbox.h"

#include "base/banned.h"

extern const struct module http_module; /* what the server itself answers */

const struct module *const modules[] = {
	&http_module,
	&identity_module,
	&identity_system_module,
	&registry_module,
	&exchange_module,
	&ledger_module,
	&catalogue_module,
	&catalogue_decide_module,
	&casefile_module,
	&casefile_hall_module,
	&casefile_apply_module,
	&casefile_mine_module,
	&casefile_desk_module,
	&casefile_receipt_module,
	&designer_module,
	&rehearse_module,
	&licence_module,
	&issue_module,
	&notice_module,
	&docs_module,
	&app_module,
};
const size_t module_count = sizeof(modules) / sizeof(modules[0]);

const struct store_room *const *modules_tables(struct arena *arena, size_t *ret_count)
{
	const struct store_room **rooms = ARENA_ARRAY(arena, const struct store_room *, module_count);
	size_t count = 0;

	for (size_t i = 0; i < module_count; i++)
		if (modules[i]->tables)
			rooms[count++] = modules[i]->tables;
	*ret_count = count;
	return rooms;
}

static enum rc deliver(struct ctx *ctx, const struct store_event *event)
{
	for (size_t m = 0; m < module_count; m++)
		for (size_t i = 0; i < modules[m]->subscription_count; i++)
			if (sv_equal_z(event->topic, modules[m]->subscriptions[i].topic))
				TRY(modules[m]->subscriptions[i].receive(ctx, event->topic, event->payload));
	return RC_OK;
}

const struct store_subscribers *modules_subscribers(struct arena *arena)
{
	struct { VEC(struct store_subscriber); } list = { 0 };
	struct store_subscribers *subscribers = ARENA_NEW(arena, struct store_subscribers);

	for (size_t m = 0; m < module_count; m++)
		for (size_t i = 0; i < modules[m]->subscription_count; i++) {
			const char *topic = modules[m]->subscriptions[i].topic;
			size_t known = 0;
			while (known < list.len && strcmp(list.at[known].topic, topic) != 0)
				known++;
			if (known == list.len)
				*VEC_PUSH(arena, &list) = (struct store_subscriber){ topic, modules[m]->name, deliver };
		}
	*subscribers = (struct store_subscribers){ list.at, list.len };
	return subscribers;
}

const struct store_timer_handlers *modules_timers(struct arena *arena)
{
	struct { VEC(struct store_timer_handler); } list = { 0 };
	struct store_timer_handlers *handlers = ARENA_NEW(arena, struct store_timer_handlers);

	for (size_t m = 0; m < module_count; m++)
		for (size_t i = 0; i < modules[m]->timer_count; i++)
			*VEC_PUSH(arena, &list) = (struct store_timer_handler){ modules[m]->timers[i].kind, modules[m]->timers[i].fire };
	*handlers = (struct store_timer_handlers){ list.at, list.len };
	return handlers;
}

bool modules_have_page(const char *path)
{
	for (size_t m = 0; m < module_count; m++)
		for (size_t i = 0; i < modules[m]->route_count; i++)
			if (strcmp(modules[m]->routes[i].path, path) == 0 && strcmp(modules[m]->routes[i].method, "GET") == 0)
				return true;
	return false;
}
