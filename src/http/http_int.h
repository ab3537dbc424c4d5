/* Private to http/: the pieces that turn bytes from outside into names and values, and the compiled route table. None of
 * this knows libmicrohttpd; server_int.h does. */
#ifndef HTTP_HTTP_INT_H
#define HTTP_HTTP_INT_H

#include "base/vec.h"
#include "http/module.h"

enum {
	HTTP_MAX_SEGMENTS = 16,       /* of a path */
	HTTP_MAX_NAME = 500,          /* bytes of a field's name */
	HTTP_MAX_PART_HEAD = 4096,    /* bytes of a multipart part's header */
	HTTP_MAX_BOUNDARY = 70,       /* RFC 2046 section 5.1.1 */
	HTTP_MAX_FILES = 50,          /* of one request */
};

/* --- names and values (form.c) --- */

enum input_source { FROM_PATH, FROM_QUERY, FROM_BODY };

/* One value that came in. `value` is not yet known to be UTF-8. */
struct pair {
	struct sv name, value;
	const struct json *json;     /* from a JSON body */
	const struct upload *file;   /* from multipart */
	enum input_source source;
	bool used;                   /* some field of the description took it */
};
struct pairs { VEC(struct pair); };

/* "%E4%B8%AD+x"; a '%' without two hex digits stands for itself. */
struct sv percent_decode(struct arena *arena, struct sv text, bool plus_is_space);
/* For the query part of a link or a cookie: letters, digits and -._~ stay. */
void percent_encode(struct buf *out, struct sv text);
/* application/x-www-form-urlencoded, body or query. RC_TOO_LARGE beyond INPUT_MAX_PAIRS. */
[[nodiscard]] enum rc pairs_parse(struct ctx *ctx, struct sv text, enum input_source source, struct pairs *pairs);
/* Members of a JSON object; a list of scalars becomes several pairs of its name. RC_MALFORMED with the line. */
[[nodiscard]] enum rc pairs_parse_json(struct ctx *ctx, struct sv text, struct pairs *pairs, const struct json **ret);
/* One more pair, or RC_TOO_LARGE. */
[[nodiscard]] enum rc pairs_add(struct ctx *ctx, struct pairs *pairs, const struct pair *pair);
/* Value of a cookie (RFC 6265 section 5.4) in a Cookie header; absent if it is not there. The first one counts. */
struct sv cookie_find(struct sv header, struct sv name);
/* Value of a parameter of a media type or disposition: `boundary` of "multipart/form-data; boundary=x". Quoted values
 * are unescaped. */
struct sv header_parameter(struct arena *arena, struct sv header, const char *name);
/* The quality (0 to 1000) that an Accept-like header gives to exactly this name; -1 when it is not named. */
int header_quality(struct sv header, struct sv name);
bool sv_equal_fold(struct sv a, struct sv b); /* ASCII letters of either case are the same */

/* --- multipart/form-data (multipart.c, RFC 7578) --- */

struct multipart;

/* What becomes of a part. `filename` is absent for plain fields. */
struct multipart_sink {
	enum rc (*begin)(struct ctx *ctx, void *user, struct sv name, struct sv filename);
	enum rc (*data)(struct ctx *ctx, void *user, struct sv bytes);
	enum rc (*end)(struct ctx *ctx, void *user);
	void *user;
};
/* RC_MALFORMED without a usable boundary. */
[[nodiscard]] enum rc multipart_new(struct ctx *ctx, struct sv content_type, const struct multipart_sink *sink,
	struct multipart **ret);
/* Bytes as they arrive, in pieces of any size. */
[[nodiscard]] enum rc multipart_add(struct ctx *ctx, struct multipart *multipart, struct sv bytes);
/* RC_MALFORMED when the closing boundary has not come. */
[[nodiscard]] enum rc multipart_end(struct ctx *ctx, struct multipart *multipart);

/* --- uploads (upload.c) --- */

struct upload_writer;

/* A nameless file in data_dir/tmp that is written and hashed as bytes come. */
[[nodiscard]] enum rc upload_begin(struct ctx *ctx, struct sv field, struct sv filename, struct upload_writer **ret);
[[nodiscard]] enum rc upload_add(struct ctx *ctx, struct upload_writer *writer, struct sv bytes);
/* The upload, its type told from its first bytes. *ret has fd until upload_close. */
const struct upload *upload_end(struct upload_writer *writer);
void upload_abandon(struct upload_writer *writer);
/* Makes it durable under its hash in data_dir/files. The same bytes are kept once. */
[[nodiscard]] enum rc upload_keep(struct ctx *ctx, const struct upload *upload);
/* Opens a kept file for reading. RC_NOT_FOUND. */
[[nodiscard]] enum rc upload_open(struct ctx *ctx, struct hash sha256, int *ret_fd, int64_t *ret_size);
/* "../../x\n.pdf" -> "x.pdf"; never empty. */
struct sv upload_safe_name(struct arena *arena, struct sv name);

/* --- inputs (input.c) --- */

/* Parses what came into a new struct. Problems are recorded for each wrong field (RC_INVALID); the struct is given back
 * in any case, filled with what was right. */
[[nodiscard]] enum rc input_parse(struct ctx *ctx, const struct route *route, struct pairs *pairs,
	const struct json *body, const void **ret);
enum input_source input_source_of(const struct route *route, const struct input_field *field);
/* Is {name} or {name...} part of the path? */
bool route_path_has(const char *path, const char *name);

/* --- routes (routes.c) --- */

struct routes;

/* A match: `routes` in table order for metrics; parameters are percent-encoded segments. */
struct route_match {
	const struct route *route;   /* NULL: no such path, or no such method (then `allow` is set) */
	unsigned index;
	struct sv names[HTTP_MAX_SEGMENTS], values[HTTP_MAX_SEGMENTS];
	size_t count;
	const char *allow;           /* "GET, HEAD, POST" for 405 */
};
[[nodiscard]] enum rc routes_new(struct ctx *ctx, const struct module *const *modules, size_t count,
	struct routes **ret);
size_t routes_count(const struct routes *routes);
const struct route *routes_at(const struct routes *routes, size_t index);
/* HEAD matches GET. */
void routes_match(const struct routes *routes, struct sv method, struct sv path, struct route_match *ret);

#endif
