/* What the web server itself costs: a hall of two routes, served until standard input ends. bench.sh compares it with nginx
 * sending the same bytes from files.
 *
 *	/api/small    199 bytes of JSON, no database
 *	/page         4 KB of HTML through session, permission, inputs, template and page headers
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/site.h"
#include "http/layout_html.h"
#include "http/server.h"

#include "base/banned.h"

enum { ROWS = 30 };

#define SMALL                                                                                                          \
	"{\"number\":\"TB-2026-000123\",\"service\":\"food-business-licence\",\"state\":\"accepted\","                       \
	"\"due\":\"2026-03-13\",\"used\":3,\"total\":8,\"stopped\":false,\"body\":\"market-supervision\",\"notes\":\"sample sample sampl\"}"

static enum rc small_json(struct ctx *ctx, const struct request *request, struct response *response)
{
	(void)request;
	return response_json(ctx, response, SV(SMALL));
}

static enum rc page(struct ctx *ctx, const struct request *request, struct response *response)
{
	struct html_problem problems[ROWS];

	for (size_t i = 0; i < ROWS; i++)
		problems[i] = (struct html_problem){ .field = SV("x"), .message = SV("A line with <markup> & marks, to be escaped.") };
	struct html_error view = {
		.status = 200, .title = SV("A page"), .message = SV("Thirty lines follow."), .problems = { problems, ROWS },
		.trace = request->trace,
	};
	return response_page(ctx, response, &html_error_view, &view);
}

static const struct route routes[] = {
	{ "GET", "/api/small", NEEDS(PERMISSION_PUBLIC), &input_none, small_json, .flags = ROUTE_ALONE },
	{ "GET", "/page", NEEDS(PERMISSION_SIGNED_IN), &input_none, page },
};
static const struct module module = { .name = "bench", MODULE_LIST(route, routes) };

static enum rc begin(void *user, struct ctx *ctx)
{
	(void)user, (void)ctx;
	return RC_OK;
}

static void end(void *user, struct ctx *ctx)
{
	(void)user, (void)ctx;
}

static enum rc submit(void *user, struct server_work *work)
{
	(void)user, (void)work;
	return RC_UNAVAILABLE;
}

static enum rc authenticate(void *user, struct ctx *ctx, struct sv token, struct principal *ret)
{
	(void)user, (void)ctx, (void)token;
	*ret = (struct principal){ .kind = PRINCIPAL_PERSON, .name = SV("Sample") };
	return RC_OK;
}

static void navigation(void *user, struct ctx *ctx, const struct request *request, struct html_page *to)
{
	(void)user, (void)ctx, (void)request, (void)to;
}

static size_t ready(void *user, struct ctx *ctx, struct server_check *checks)
{
	(void)user, (void)ctx, (void)checks;
	return 0;
}

static const char *permission_code(unsigned permission)
{
	(void)permission;
	return NULL;
}

int main(int argc, char **argv)
{
	static const struct locale english = { .tag = "en", .code = "en", .self = "English" };
	static const struct locale *const locales[] = { &english };
	static const struct module *const modules[] = { &module };
	struct arena arena;
	struct error err = { 0 };
	struct clock clock = CLOCK_SYSTEM;
	struct random random = RANDOM_SYSTEM;
	struct site site = { .data_dir = sv_of(argc > 1 ? argv[1] : "."), .public_url = SV("http://127.0.0.1"), .city_en = SV("Sample City") };
	struct ctx ctx = { .arena = &arena, .err = &err, .clock = &clock, .random = &random, .site = &site, .who = &principal_nobody,
		.locale = &english };
	struct server_config config = {
		SERVER_DEFAULTS, .site = &site, .clock = &clock, .modules = modules, .module_count = 1, .locales = locales,
		.locale_count = 1, .secret = SV("0123456789abcdef0123456789abcdef"), .sign_in = "/sign-in", .address = SV("127.0.0.1"),
		.hooks = { NULL, begin, end, begin, end, submit, authenticate, navigation, ready, permission_code },
	};
	struct server *server;
	char byte;

	arena_init(&arena, (size_t)64 << 20);
	log_set_level(LOG_WARNING);
	if (server_start(&ctx, &config, &server) != RC_OK) {
		fprintf(stderr, "%s\n", err.msgid);
		return 1;
	}
	printf("%u\n", server_port(server));
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	server_stop(server);
	arena_release(&arena);
	return 0;
}
