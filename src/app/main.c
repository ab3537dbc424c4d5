/* The program: finds the command, opens what it needs, runs it, and turns its outcome into words and an exit code. */
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "app/city.h"
#include "app/modules.h"
#include "app/trial.h"
#include "base/cache.h"
#include "base/locale.h"
#include "engine/bpmn/bpmn.h"
#include "engine/clock/clock.h"
#include "engine/dmn/dmn_cmd.h"
#include "engine/feel/feel_cmd.h"
#include "engine/form/form_cmd.h"
#include "engine/tlog/tlog_cmd.h"

#include "base/banned.h"

enum { CACHE_BYTES = 16 << 20, CACHE_ENTRIES = 256 };

static enum rc help_command(struct ctx *ctx, int argc, char **argv);

static enum rc version_command(struct ctx *ctx, int argc, char **argv)
{
	(void)ctx, (void)argc, (void)argv;
	puts("tongban 0.1.0");
	return RC_OK;
}

/* Commands of engines that take their name as the first word, print their own usage and give an exit code. */
static enum rc outcome(struct ctx *ctx, int code)
{
	return code == 0 ? RC_OK : ctx->err->rc != RC_OK ? ctx->err->rc : RC_INVALID;
}

static enum rc clock_command(struct ctx *ctx, int argc, char **argv)
{
	return outcome(ctx, limit_command(ctx, argc + 1, argv - 1));
}

static enum rc processes_command(struct ctx *ctx, int argc, char **argv)
{
	return outcome(ctx, bpmn_command(ctx, argc + 1, argv - 1));
}

static enum rc expressions_command(struct ctx *ctx, int argc, char **argv)
{
	return outcome(ctx, feel_command(ctx, argc + 1, argv - 1));
}

static enum rc decisions_command(struct ctx *ctx, int argc, char **argv)
{
	int code = dmn_command(ctx, argc + 1, argv - 1);

	error_clear(ctx); /* it has said what was wrong */
	return outcome(ctx, code);
}

/* Commands of no room. Those without a function are run by main itself, because they need the whole installation. */
static const struct command commands[] = {
	{ "serve", "--data DIR [--listen HOST:PORT] [--db URL] [--public-url URL] [--live]", N_("serve the pages"), COMMAND_ALONE, NULL },
	{ "backup", "FILE --data DIR [--db URL]", N_("copy the database as of one moment, beside the running hall"), COMMAND_ALONE, NULL },
	{ "restore", "FILE --data DIR [--db URL]", N_("put a backup into an empty place"), COMMAND_ALONE, NULL },
	{ "move", "--data DIR --db URL", N_("take the database of DIR over into an empty PostgreSQL"), COMMAND_ALONE, NULL },
	{ "routes", "[--permissions]", N_("print every address and who may use it"), COMMAND_ALONE, routes_command },
	{ "city build", "DIR [--from DIR] [--cases N] [--db URL]", N_("make the sample city, with its history, in an empty folder"),
		COMMAND_ALONE, NULL },
	{ "service test", "DIR... [--db URL]", N_("run the example cases of service folders"), COMMAND_ALONE, service_test_command },
	{ "clock", "CALENDAR_DIR START DAYS [EVENT...]", N_("compute a due day and explain it day by day"), COMMAND_ALONE, clock_command },
	{ "feel", "[EXPRESSION] [--context FILE]", N_("evaluate a FEEL expression"), COMMAND_ALONE, expressions_command },
	{ "dmn", "eval|check|test ...", N_("evaluate, check or test decision models"), COMMAND_ALONE, decisions_command },
	{ "bpmn", "check|steps|run|trace ...", N_("check process models, or walk through them"), COMMAND_ALONE, processes_command },
	{ "verify", "RECEIPT.json --key FILE", N_("check a receipt, without any server"), COMMAND_ALONE, verify_command },
	{ "tlog", "fsck|prove|verify ...", N_("check a log kept in a folder"), COMMAND_ALONE, tlog_command },
	{ "form", "check|schema FILE", N_("check a form, or print its JSON Schema"), COMMAND_ALONE, form_command },
	{ "version", "", N_("print the version"), COMMAND_ALONE, version_command },
	{ "help", "", N_("print this"), COMMAND_ALONE, help_command },
};
enum { OWN_COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static void print_help(struct ctx *ctx, const struct command *command)
{
	bool needs_data = command->access != COMMAND_ALONE;

	printf("tongban %s%s%s%s\n    %s\n", command->name, *command->usage ? " " : "", command->usage,
		needs_data ? " --data DIR [--db URL]" : "", tr(ctx, command->help).ptr);
}

static enum rc help_command(struct ctx *ctx, int argc, char **argv)
{
	(void)argc, (void)argv;
	for (size_t i = 0; i < OWN_COMMANDS; i++)
		print_help(ctx, &commands[i]);
	for (size_t m = 0; m < module_count; m++)
		for (size_t i = 0; i < modules[m]->command_count; i++)
			print_help(ctx, &modules[m]->commands[i]);
	return RC_OK;
}

/* How many words of argv the name takes; 0 when it is another command. */
static int words_of(const char *name, int argc, char **argv)
{
	struct sv rest = sv_of(name);
	int words = 0;

	while (!sv_is_absent(rest)) {
		struct sv word = sv_cut(&rest, ' ');
		if (words == argc || !sv_equal_z(word, argv[words]))
			return 0;
		words++;
	}
	return words;
}

/* The command with the longest name that fits. */
static const struct command *find_command(int argc, char **argv, int *ret_words)
{
	const struct command *best = NULL;

	*ret_words = 0;
	for (size_t m = 0; m <= module_count; m++) {
		const struct command *list = m < module_count ? modules[m]->commands : commands;
		size_t count = m < module_count ? modules[m]->command_count : OWN_COMMANDS;
		for (size_t i = 0; i < count; i++) {
			int words = words_of(list[i].name, argc, argv);
			if (words > *ret_words) {
				*ret_words = words;
				best = &list[i];
			}
		}
	}
	return best;
}

static enum rc run_with_data(struct app *app, const struct command *command, int argc, char **argv)
{
	struct app_options options = { 0 };
	enum store_access access = command->access == COMMAND_WRITES ? STORE_WRITE : STORE_READ;

	TRY(app_options_parse(&app->ctx, &argc, argv, &options));
	TRY(app_open(app, &options));
	TRY(db_connect(&app->ctx, app->store, access, &app->ctx.db));
	app->ctx.cache = cache_new(CACHE_BYTES, CACHE_ENTRIES);
	enum rc rc = command->run(&app->ctx, argc, argv);
	db_close(app->ctx.db);
	cache_free(app->ctx.cache);
	return rc;
}

/* Commands that open the installation themselves. */
static enum rc run_whole(struct app *app, const char *name, int argc, char **argv)
{
	static const struct {
		const char *name;
		enum rc (*run)(struct app *app, int argc, char **argv);
	} list[] = {
		{ "serve", serve_command }, { "city build", city_command }, { "backup", backup_command },
		{ "restore", restore_command }, { "move", move_command },
	};

	for (size_t i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (strcmp(list[i].name, name) == 0)
			return list[i].run(app, argc, argv);
	return fail_internal(&app->ctx, "command %s has no function", name);
}

static void add_names(struct buf *names, struct sv group, const struct command *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct sv rest = sv_of(list[i].name);
		if (sv_equal(sv_cut(&rest, ' '), group) && !sv_is_absent(rest))
			buf_printf(names, "%s%s", names->len ? ", " : "", list[i].name);
	}
}

/* A wrong second word is answered with the right ones. */
static enum rc unknown_command(struct app *app, int argc, char **argv)
{
	struct sv word = argc ? sv_of(argv[0]) : SV("");
	struct buf names;

	if (argc == 0)
		return fail(&app->ctx, RC_INVALID, N_("Say what to do. `tongban help` shows the commands."), NULL);
	buf_init(&names, app->ctx.arena, 4096);
	add_names(&names, word, commands, OWN_COMMANDS);
	for (size_t m = 0; m < module_count; m++)
		add_names(&names, word, modules[m]->commands, modules[m]->command_count);
	if (names.len)
		return fail(&app->ctx, RC_INVALID, N_("There is no such command. With “{word}” there are: {names}."),
			ARGS({ "word", word }, { "names", buf_view(&names) }));
	return fail(&app->ctx, RC_INVALID, N_("There is no command \"{word}\". `tongban help` shows them."), ARGS({ "word", word }));
}

static enum rc run(struct app *app, int argc, char **argv)
{
	int words;
	const struct command *command = find_command(argc, argv, &words);

	if (argc && (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0))
		return help_command(&app->ctx, 0, NULL);
	if (!command)
		return unknown_command(app, argc, argv);
	argc -= words;
	argv += words;
	if (!command->run)
		return run_whole(app, command->name, argc, argv);
	if (command->access != COMMAND_ALONE)
		return run_with_data(app, command, argc, argv);
	return command->run(&app->ctx, argc, argv);
}

int main(int argc, char **argv)
{
	struct app app = { 0 };

	app_init(&app);
	enum rc rc = run(&app, argc - 1, argv + 1);
	if (rc != RC_OK)
		app_print_error(&app.ctx);
	app_release(&app);
	return rc_exit_code(rc);
}
