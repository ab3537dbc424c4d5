/* `tongban routes`: the route table and the permission matrix, printed from what the server itself reads. */
#include <stdio.h>

#include "app/app.h"
#include "app/modules.h"
#include "base/locale.h"
#include "domain/identity/permission.h"
#include "http/server.h"

#include "base/banned.h"

static const char *permission_name(unsigned permission)
{
	if (permission == PERMISSION_PUBLIC)
		return "public";
	if (permission == PERMISSION_SIGNED_IN)
		return "signed-in";
	const char *code = permission_code(permission);
	return code ? code : "unknown";
}

static void print_route(struct ctx *ctx, const struct module *module, const struct route *route)
{
	printf("%-7s%-56s%-18s%-17s%s\n", route->method, route->path, permission_name(route->permission - 1), module->name,
		route->summary ? tr(ctx, route->summary).ptr : "");
}

static void print_permission(struct ctx *ctx, unsigned permission)
{
	const char *text = permission >= PERMISSION_FIRST ? permission_text(permission) : NULL;

	printf("%s%s%s\n", permission_name(permission), text ? ": " : "", text ? tr(ctx, text).ptr : "");
	for (size_t m = 0; m < module_count; m++)
		for (size_t i = 0; i < modules[m]->route_count; i++)
			if (modules[m]->routes[i].permission == NEEDS(permission))
				printf("  %-7s%s\n", modules[m]->routes[i].method, modules[m]->routes[i].path);
}

enum rc routes_command(struct ctx *ctx, int argc, char **argv)
{
	TRY(routes_check(ctx, modules, module_count));
	if (argc == 1 && strcmp(argv[0], "--permissions") == 0) {
		for (unsigned permission = 0; permission < PERMISSION_COUNT; permission++)
			print_permission(ctx, permission);
		return RC_OK;
	}
	if (argc > 0)
		return fail(ctx, RC_INVALID, N_("{word} is not an option of this command. `tongban help` shows them."),
			ARGS({ "word", sv_of(argv[0]) }));
	for (size_t m = 0; m < module_count; m++)
		for (size_t i = 0; i < modules[m]->route_count; i++)
			print_route(ctx, modules[m], &modules[m]->routes[i]);
	return RC_OK;
}
