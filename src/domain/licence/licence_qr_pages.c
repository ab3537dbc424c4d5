/* QR codes as SVG by libqrencode. Runs of dark modules of a row become one piece of the path, so that even a dense code is
 * a few kilobytes. */
#include <qrencode.h>

#include "domain/licence/licence_html.h"
#include "domain/licence/licence_int.h"

#include "base/banned.h"

enum { QUIET = 4 /* modules of margin, ISO/IEC 18004 section 6.3.8 */, MAX_SVG = 256 << 10 };

static void put_row(struct buf *path, const QRcode *code, int y)
{
	for (int x = 0; x < code->width; x++) {
		int run = 0;
		while (x + run < code->width && code->data[y * code->width + x + run] & 1)
			run++;
		if (!run)
			continue;
		buf_printf(path, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
		x += run;
	}
}

enum rc licence_qr(struct ctx *ctx, struct sv text, struct sv *ret_svg)
{
	static const struct html_page no_page;
	QRcode *code = QRcode_encodeData((int)text.len, (const unsigned char *)text.ptr, 0, QR_ECLEVEL_M);
	struct buf path, svg;

	if (!code)
		return fail(ctx, RC_TOO_LARGE, N_("The text is too long for a QR code."), NULL);
	buf_init(&path, ctx->arena, MAX_SVG);
	for (int y = 0; y < code->width; y++)
		put_row(&path, code, y);
	int size = code->width + 2 * QUIET;
	QRcode_free(code);
	struct html_licence_qr view = {
		.size = size,
		.modules = arena_printf(ctx->arena, "M0 0h%dv%dh-%dz", size, size, size),
		.dark = buf_view(&path),
	};
	buf_init(&svg, ctx->arena, MAX_SVG);
	TRY(html_render(ctx, &no_page, &html_licence_qr_view, &view, &svg));
	*ret_svg = buf_view(&svg);
	return RC_OK;
}
