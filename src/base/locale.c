/* Look-up of translations and filling of placeholders; see locale.h. */
#include "base/locale.h"

#include <assert.h>

#include "base/buf.h"
#include "base/ctx.h"
#include "base/json.h"

#include "base/banned.h"

enum { MAX_MESSAGE = 64 * 1024 };

const char *locale_text(const struct locale *locale, const char *msgid)
{
	size_t low = 0, high = locale->count;

	assert(locale && msgid);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(msgid, locale->entries[middle].msgid);
		if (order == 0)
			return locale->entries[middle].text;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return msgid;
}

struct sv tr(const struct ctx *ctx, const char *msgid)
{
	return sv_of(locale_text(ctx->locale, msgid));
}

static struct sv argument(const struct text_arg *args, struct sv name)
{
	for (; args && args->name; args++)
		if (sv_equal_z(name, args->name))
			return args->value;
	return (struct sv){ NULL, 0 };
}

struct sv tr_args(const struct ctx *ctx, const char *msgid, const struct text_arg *args)
{
	struct sv text = tr(ctx, msgid);
	struct buf buf;

	if (!args)
		return text;
	buf_init(&buf, ctx->arena, MAX_MESSAGE);
	while (text.len) {
		size_t open = sv_find_byte(text, '{', 0), close = sv_find_byte(text, '}', open);
		struct sv value = { NULL, 0 };
		if (close != SIZE_MAX)
			value = argument(args, sv_slice(text, open + 1, close - open - 1));
		if (sv_is_absent(value)) {
			size_t keep = open == SIZE_MAX ? text.len : open + 1;
			buf_sv(&buf, sv_slice(text, 0, keep));
			text = sv_slice(text, keep, text.len);
			continue;
		}
		buf_sv(&buf, sv_slice(text, 0, open));
		buf_sv(&buf, value);
		text = sv_slice(text, close + 1, text.len);
	}
	return buf_view(&buf);
}

bool locale_is_zh(const struct locale *locale)
{
	return locale->code[0] == 'z';
}

struct sv bitext_pick(const struct ctx *ctx, struct bitext text)
{
	struct sv wanted = locale_is_zh(ctx->locale) ? text.zh : text.en;

	return sv_is_empty(wanted) ? (locale_is_zh(ctx->locale) ? text.en : text.zh) : wanted;
}

void bitext_print(struct json_out *out, struct sv key, struct bitext text)
{
	json_out_key(out, key);
	json_out_object(out);
	json_out_member(out, SV("zh"), text.zh);
	json_out_member(out, SV("en"), text.en);
	json_out_object_end(out);
}
