/* What the layout shows of the site and of the reader, and the reader's own choices: language, larger text, and the one
 * message that an act leaves for the next page. All of them travel in cookies; none is about a person. */
#include "base/site.h"
#include "base/utf8.h"
#include "http/server_int.h"

#include "base/banned.h"

enum { YEAR_S = 365 * 24 * 3600, FLASH_S = 60, MAX_LINK = 8192, MAX_FLASH = 2000, MAC_TEXT = 43 };

struct sv page_local_path(struct sv path)
{
	bool is_local = path.len > 0 && path.ptr[0] == '/' && (path.len < 2 || (path.ptr[1] != '/' && path.ptr[1] != '\\'));

	for (size_t i = 0; is_local && i < path.len; i++)
		is_local = (unsigned char)path.ptr[i] > ' ' && path.ptr[i] != 0x7f && path.ptr[i] != '\\';
	return is_local ? path : SV("/");
}

/* This address with every query field but `name`, and then, if it is not NULL, "name=value". */
static struct sv address_with(struct call *call, const char *name, const char *value)
{
	struct sv rest = call->request.query;
	struct buf out;
	char separator = '?';

	buf_init(&out, &call->arena, MAX_LINK);
	buf_sv(&out, page_local_path(call->request.path));
	while (!sv_is_absent(rest)) {
		struct sv pair = sv_cut(&rest, '&'), key = pair;
		if (sv_is_empty(pair) || sv_equal_z(sv_cut(&key, '='), name))
			continue;
		buf_byte(&out, separator);
		buf_sv(&out, pair);
		separator = '&';
	}
	if (value)
		buf_printf(&out, "%c%s=%s", separator, name, value);
	return out.overflow || !utf8_is_valid(buf_view(&out)) ? SV("/") : buf_view(&out);
}

static struct sv query_choice(struct call *call, const char *name)
{
	for (size_t i = 0; i < call->pairs.len; i++)
		if (call->pairs.at[i].source == FROM_QUERY && sv_equal_z(call->pairs.at[i].name, name))
			return call->pairs.at[i].value;
	return (struct sv){ NULL, 0 };
}

static void choose(struct call *call, const char *name, const char *value)
{
	struct cookie cookie = { .name = name, .value = sv_of(value), .max_age = YEAR_S };

	answer_cookie(call, &cookie);
	call->response.kind = RESPONSE_BYTES;
	call->response.type = "text/plain; charset=utf-8";
	call->response.status = 303;
	call->response.location = arena_copy(&call->arena, address_with(call, name, NULL));
}

bool page_switch(struct call *call)
{
	struct sv mode = query_choice(call, "mode"), code = query_choice(call, "lang");

	if (call->request.wants_json)
		return false;
	if (sv_equal_z(mode, "elder") || sv_equal_z(mode, "standard")) {
		choose(call, "mode", sv_equal_z(mode, "elder") ? "elder" : "standard");
		return true;
	}
	if (sv_equal_z(code, call->ctx.locale->code)) { /* guard_describe took it, so it is one of ours */
		choose(call, "lang", call->ctx.locale->code);
		return true;
	}
	return false;
}

bool page_without_slash(struct call *call)
{
	struct sv path = call->request.path;
	struct route_match match;

	if (path.len < 2 || path.ptr[path.len - 1] != '/')
		return false;
	path = page_local_path(sv_slice(path, 0, path.len - 1));
	routes_match(call->server->routes, call->method, path, &match);
	if (!match.route)
		return false;
	call->response.kind = RESPONSE_BYTES;
	call->response.type = "text/plain; charset=utf-8";
	call->response.status = 308;
	call->response.location = arena_copy(&call->arena, path);
	return true;
}

/* --- the message for the next page: base64url(text) "." base64url(mac) --- */

static struct sv flash_mac(struct call *call, struct sv text)
{
	struct hash mac = hash_hmac_sha256(call->server->config.secret,
		arena_printf(&call->arena, "flash:%.*s", SV_FMT(text)));
	struct buf out;

	buf_init(&out, &call->arena, 64);
	buf_base64url(&out, mac.bytes, sizeof(mac.bytes));
	return buf_view(&out);
}

void page_flash(struct call *call, const char *msgid)
{
	struct sv text = tr(&call->ctx, msgid);
	struct buf out;

	buf_init(&out, &call->arena, MAX_FLASH);
	buf_base64url(&out, text.ptr, text.len);
	buf_byte(&out, '.');
	buf_sv(&out, flash_mac(call, text));
	if (!out.overflow)
		answer_cookie(call, &(struct cookie){ .name = "flash", .value = buf_view(&out), .max_age = FLASH_S });
}

static struct sv take_flash(struct call *call)
{
	struct sv rest = cookie_find(header_of(call, HEADER_COOKIE), SV("flash")), text;

	if (sv_is_absent(rest))
		return rest;
	answer_cookie(call, &(struct cookie){ .name = "flash", .max_age = -1 });
	struct sv encoded = sv_cut(&rest, '.');
	if (rest.len != MAC_TEXT || encoded.len > MAX_FLASH || !base64url_decode(&call->arena, encoded, &text)
		|| !bytes_equal_secret(rest, flash_mac(call, text)))
		return (struct sv){ NULL, 0 };
	return text;
}

static const struct locale *other_locale(const struct call *call)
{
	const struct server_config *config = &call->server->config;

	for (size_t i = 0; i < config->locale_count; i++)
		if (config->locales[i] != call->ctx.locale)
			return config->locales[i];
	return call->ctx.locale;
}

static struct sv random_key(struct call *call)
{
	uint8_t bytes[16];
	struct buf out;

	random_bytes(&call->random, bytes, sizeof(bytes));
	buf_init(&out, &call->arena, 64);
	buf_hex(&out, bytes, sizeof(bytes));
	return buf_view(&out);
}

void page_fill(struct call *call, struct html_page *page)
{
	const struct server_config *config = &call->server->config;
	const struct locale *other = other_locale(call);

	*page = (struct html_page){
		.lang = sv_of(call->ctx.locale->tag),
		.other_lang = sv_of(other->tag),
		.language_href = address_with(call, "lang", other->code),
		.other_language = sv_of(other->self),
		.mode_href = address_with(call, "mode", call->request.elder ? "standard" : "elder"),
		.path = page_local_path(call->request.path),
		.csrf = guard_csrf(call),
		.form_key = random_key(call),
		.city = locale_is_zh(call->ctx.locale) ? config->site->city_zh : config->site->city_en,
		.name = call->who.kind == PRINCIPAL_NOBODY ? (struct sv){ NULL, 0 } : call->who.name,
		.acting_for = call->who.acting_for,
		.flash = take_flash(call),
		.elder = call->request.elder,
		.officer = call->who.kind == PRINCIPAL_OFFICER,
		.sample = config->site->sample,
		.assets = config->assets,
		.asset_count = config->asset_count,
	};
	config->hooks.page(config->hooks.user, &call->ctx, &call->request, page);
	if (call->is_new_visit) {
		answer_cookie(call, &(struct cookie){ .name = cookie_name(call->server, "__Host-visit", "visit"), .value = call->visit });
		call->is_new_visit = false;
	}
}
