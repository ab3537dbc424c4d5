/* The embedded files of web/. Their answers are made once, at start, and shared by all threads: three for each file, plain
 * and compressed. A path below /assets/ carries the hash of the content, so it may be kept for ever; others (an icon, the
 * service worker) are asked for again by their tag. */
#include <assert.h>
#include <stdio.h>

#include "http/server_int.h"

#include "base/banned.h"

enum { FORMS = 4, PLAIN = 0, GZIP = 1, BROTLI = 2, UNCHANGED = 3 };

static struct sv asset_tag(const struct html_asset *asset, char out[40])
{
	struct hash hash = hash_sha256(asset->plain);

	snprintf(out, 40, "\"%02x%02x%02x%02x%02x%02x%02x%02x\"", hash.bytes[0], hash.bytes[1], hash.bytes[2], hash.bytes[3],
		hash.bytes[4], hash.bytes[5], hash.bytes[6], hash.bytes[7]);
	return sv_of(out);
}

static struct MHD_Response *make_form(const struct html_asset *asset, struct sv bytes, const char *encoding)
{
	struct MHD_Response *reply = MHD_create_response_from_buffer(bytes.len, (void *)(uintptr_t)bytes.ptr, MHD_RESPMEM_PERSISTENT);
	bool is_hashed = strncmp(asset->path, "/assets/", 8) == 0;
	char tag[40];

	if (!reply)
		return NULL;
	/* A missing header only makes the file be asked for again. */
	(void)MHD_add_response_header(reply, "Content-Type", asset->type);
	(void)MHD_add_response_header(reply, "Cache-Control", is_hashed ? "public, max-age=31536000, immutable" : "no-cache");
	(void)MHD_add_response_header(reply, "ETag", asset_tag(asset, tag).ptr);
	(void)MHD_add_response_header(reply, "Vary", "Accept-Encoding");
	(void)MHD_add_response_header(reply, "X-Content-Type-Options", "nosniff");
	if (encoding)
		(void)MHD_add_response_header(reply, "Content-Encoding", encoding);
	return reply;
}

enum rc assets_start(struct ctx *ctx, struct server *server)
{
	const struct server_config *config = &server->config;

	server->assets = ARENA_ARRAY(ctx->arena, struct MHD_Response *, config->asset_count * FORMS + 1);
	for (size_t i = 0; i < config->asset_count; i++) {
		const struct html_asset *asset = &config->assets[i];
		struct MHD_Response **forms = &server->assets[i * FORMS];
		forms[PLAIN] = make_form(asset, asset->plain, NULL);
		forms[UNCHANGED] = make_form(asset, SV(""), NULL);
		if (!sv_is_absent(asset->gzip))
			forms[GZIP] = make_form(asset, asset->gzip, "gzip");
		if (!sv_is_absent(asset->brotli))
			forms[BROTLI] = make_form(asset, asset->brotli, "br");
		if (!forms[PLAIN] || !forms[UNCHANGED])
			return fail_internal(ctx, "no memory for the answer of %s", asset->path);
	}
	return RC_OK;
}

void assets_stop(struct server *server)
{
	for (size_t i = 0; server->assets && i < server->config.asset_count * FORMS; i++)
		if (server->assets[i])
			MHD_destroy_response(server->assets[i]);
}

const struct html_asset *assets_find(const struct server *server, struct sv path)
{
	return html_asset_by_path(server->config.assets, server->config.asset_count, path);
}

/* Is the tag in If-None-Match (RFC 9110 section 13.1.2, weak comparison)? */
static bool is_unchanged(struct sv header, struct sv tag)
{
	while (!sv_is_absent(header)) {
		struct sv entry = sv_trim(sv_cut(&header, ','));
		if (sv_has_prefix(entry, SV("W/")))
			entry = sv_slice(entry, 2, SIZE_MAX);
		if (sv_equal(entry, tag) || sv_equal_z(entry, "*"))
			return true;
	}
	return false;
}

enum MHD_Result assets_send(struct call *call)
{
	const struct html_asset *asset = call->response.asset;
	struct MHD_Response **forms = &call->server->assets[(size_t)(asset - call->server->config.assets) * FORMS];
	struct sv accepts = header_of(call, HEADER_ACCEPT_ENCODING);
	unsigned form = PLAIN;
	char tag[40];

	assert(asset >= call->server->config.assets && asset < call->server->config.assets + call->server->config.asset_count);
	call->response.status = 200;
	if (forms[BROTLI] && header_quality(accepts, SV("br")) > 0)
		form = BROTLI;
	else if (forms[GZIP] && header_quality(accepts, SV("gzip")) > 0)
		form = GZIP;
	struct sv match = header_of(call, HEADER_IF_NONE_MATCH);
	if (!sv_is_absent(match) && is_unchanged(match, asset_tag(asset, tag))) {
		form = UNCHANGED;
		call->response.status = 304;
	}
	return MHD_queue_response(call->connection, (unsigned)call->response.status, forms[form]);
}
