/* The stage of tests of cases; see stage_kit.h. */
#include "test/cases/stage_kit.h"

#include "domain/catalogue/catalogue.h"
#include "domain/exchange/exchange.h"
#include "domain/identity/identity.h"
#include "domain/registry/registry.h"
#include "engine/clock/clock.h"

#include "base/banned.h"

struct sv stage_source(struct kit *kit, const char *path)
{
	return kit_file(kit, arena_printf(&kit->arena, "%s/%s", TONGBAN_SOURCE_ROOT, path).ptr);
}

void stage_set(struct kit *kit, struct site *site)
{
	struct ctx *ctx = &kit->ctx;
	struct limit_calendar *calendar = limit_calendar_new(&kit->arena);
	struct identity_loaded loaded;

	assert_ok(kit, limit_calendar_add(ctx, calendar, SV("2026"), stage_source(kit, "city/calendar/2026.yaml")));
	*site = (struct site){ .origin = SV("test"), .calendar = calendar };
	ctx->site = site;
	ctx->who = &principal_system;
	assert_ok(kit, registry_load(ctx, SV("registers.yaml"), stage_source(kit, "city/registers.yaml")));
	assert_ok(kit, exchange_load(ctx, SV("purposes.yaml"), stage_source(kit, "city/purposes.yaml")));
	assert_ok(kit, identity_load(ctx, SV("departments.yaml"), stage_source(kit, "city/departments.yaml"), (struct sv){ NULL, 0 }, &loaded));
}

void stage_publish(struct kit *kit, const char *name)
{
	struct sv folder = arena_printf(&kit->arena, "%s/services/%s", TONGBAN_SOURCE_ROOT, name);
	struct service_problems problems = { 0 };
	struct service_file *files;
	struct id version;
	size_t count;

	assert_ok(kit, service_folder_read(&kit->ctx, folder, &files, &count));
	assert_ok(kit, catalogue_publish(&kit->ctx, files, count, &problems, &version));
}
