/* styleguide: renders the page of all components with sample data, in both languages and in elder mode, into a folder
 * that a browser can be pointed at. For people who work on the look, and for the accessibility check of the components.
 *
 *	styleguide OUTDIR      writes zh.html, en.html, elder.html and assets/
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/locales.h"
#include "tools/htmlgen/styleguide_data.h"
#include "web_assets.h"

#include "base/banned.h"

static bool write_file(struct ctx *ctx, const char *dir, const char *name, struct sv bytes)
{
	FILE *file = fopen(arena_printf(ctx->arena, "%s/%s", dir, name).ptr, "wb");
	bool good = file && fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len;

	if (file && fclose(file) != 0)
		good = false;
	if (!good)
		fprintf(stderr, "%s/%s cannot be written\n", dir, name);
	return good;
}

static bool write_page(struct ctx *ctx, const char *dir, const char *name, bool zh, bool elder)
{
	struct html_page page = styleguide_page(ctx, zh, elder);
	struct html_styleguide view = styleguide_view(ctx, zh);
	struct buf buf;

	page.assets = web_assets;
	page.asset_count = WEB_ASSET_COUNT;
	buf_init(&buf, ctx->arena, HTML_MAX_PAGE);
	if (html_render(ctx, &page, &html_styleguide_view, &view, &buf) != RC_OK)
		return false;
	return write_file(ctx, dir, name, buf_view(&buf));
}

static bool write_assets(struct ctx *ctx, const char *dir)
{
	const char *assets = arena_printf(ctx->arena, "%s/assets", dir).ptr;

	if (mkdir(assets, 0777) != 0 && errno != EEXIST)
		return false;
	for (size_t i = 0; i < WEB_ASSET_COUNT; i++)
		if (!write_file(ctx, dir, web_assets[i].path + 1, web_assets[i].plain))
			return false;
	return true;
}

int main(int argc, char **argv)
{
	struct arena arena;
	struct error err = { 0 };
	struct clock clock = CLOCK_SYSTEM;
	struct random random = RANDOM_SYSTEM;
	struct ctx ctx = { .arena = &arena, .err = &err, .clock = &clock, .random = &random, .who = &principal_nobody };

	if (argc != 2) {
		fprintf(stderr, "Usage: styleguide OUTDIR\n");
		return 2;
	}
	arena_init(&arena, (size_t)64 << 20);
	ctx.locale = &locale_en;
	bool good = write_page(&ctx, argv[1], "en.html", false, false);
	ctx.locale = &locale_zh;
	good = good && write_page(&ctx, argv[1], "zh.html", true, false) && write_page(&ctx, argv[1], "elder.html", true, true);
	good = good && write_assets(&ctx, argv[1]);
	arena_release(&arena);
	return good ? 0 : 1;
}
