/* multipart/form-data (RFC 7578) as it arrives, in pieces of any size.
 *
 *	             "--B CRLF"                 CRLF CRLF
 *	PREAMBLE ----------------> HEAD ----------------------> DATA --+
 *	    |                       ^                                   | "CRLF --B"
 *	    |  "--B--"              |  CRLF                             v
 *	    +-----------> END <-----+------------------------------- BEHIND
 *	                   ^                      "--"                  |
 *	                   +--------------------------------------------+
 *
 * Invariants: `window` holds the bytes not yet understood, never more than WINDOW; in DATA everything that cannot be the
 * beginning of a boundary has been given to the sink; begin and end of a part alternate. */
#include "http/http_int.h"

#include <assert.h>

#include "base/banned.h"

enum { WINDOW = 16 << 10, MARK_MAX = HTTP_MAX_BOUNDARY + 4, MAX_PARTS = INPUT_MAX_PAIRS };

enum state { PREAMBLE, HEAD, DATA, BEHIND, END };

struct multipart {
	struct multipart_sink sink;
	enum state state;
	char mark[MARK_MAX]; /* CR LF - - boundary */
	size_t mark_len, parts;
	char window[WINDOW];
	size_t len;
};

static enum rc malformed(struct ctx *ctx)
{
	return fail(ctx, RC_MALFORMED, N_("The form arrived damaged. Please send it again."), NULL);
}

enum rc multipart_new(struct ctx *ctx, struct sv content_type, const struct multipart_sink *sink, struct multipart **ret)
{
	struct sv boundary = header_parameter(ctx->arena, content_type, "boundary");

	assert(sink && ret);
	if (sv_is_empty(boundary) || boundary.len > HTTP_MAX_BOUNDARY)
		return malformed(ctx);
	struct multipart *multipart = ARENA_NEW(ctx->arena, struct multipart);
	multipart->sink = *sink;
	memcpy(multipart->mark, "\r\n--", 4);
	memcpy(multipart->mark + 4, boundary.ptr, boundary.len);
	multipart->mark_len = boundary.len + 4;
	/* The first boundary may stand at the very beginning: give it the line end that it would have. */
	memcpy(multipart->window, "\r\n", 2);
	multipart->len = 2;
	*ret = multipart;
	return RC_OK;
}

static void drop(struct multipart *m, size_t count)
{
	memmove(m->window, m->window + count, m->len - count);
	m->len -= count;
}

static struct sv window(const struct multipart *m)
{
	return (struct sv){ m->window, m->len };
}

/* Up to the next boundary: gives what is before it to the sink (in DATA). *ret_more: the state has changed. */
static enum rc pass_data(struct ctx *ctx, struct multipart *m, bool *ret_more)
{
	size_t at = sv_find(window(m), (struct sv){ m->mark, m->mark_len }, 0);
	bool found = at != SIZE_MAX;
	size_t sure = found ? at : m->len >= m->mark_len ? m->len - m->mark_len + 1 : 0;

	if (m->state == DATA && sure)
		TRY(m->sink.data(ctx, m->sink.user, (struct sv){ m->window, sure }));
	drop(m, found ? sure + m->mark_len : sure);
	*ret_more = found;
	if (!found)
		return RC_OK;
	if (m->state == DATA)
		TRY(m->sink.end(ctx, m->sink.user));
	m->state = BEHIND;
	return RC_OK;
}

/* Behind a boundary: "--" ends the body, otherwise blanks and a line end begin the next part (RFC 2046 section 5.1.1). */
static enum rc pass_behind(struct ctx *ctx, struct multipart *m, bool *ret_more)
{
	size_t blank = 0;

	*ret_more = false;
	if (m->len < 2)
		return RC_OK;
	if (m->window[0] == '-' && m->window[1] == '-') {
		m->state = END;
		return RC_OK;
	}
	while (blank < m->len && (m->window[blank] == ' ' || m->window[blank] == '\t'))
		blank++;
	if (m->len < blank + 2)
		return blank > HTTP_MAX_PART_HEAD ? malformed(ctx) : RC_OK;
	if (m->window[blank] != '\r' || m->window[blank + 1] != '\n')
		return malformed(ctx);
	drop(m, blank); /* the line end stays: a part without headers then still begins with CR LF CR LF */
	m->state = HEAD;
	*ret_more = true;
	return RC_OK;
}

/* Name and file name from the part's header lines; other lines do not matter (RFC 7578 section 4.8). */
static enum rc begin_part(struct ctx *ctx, struct multipart *m, struct sv head)
{
	struct sv disposition = { NULL, 0 };

	while (!sv_is_absent(head)) {
		struct sv value = sv_trim(sv_cut(&head, '\n'));
		struct sv key = sv_cut(&value, ':');
		if (!sv_is_absent(value) && sv_equal_fold(sv_trim(key), SV("content-disposition")))
			disposition = arena_copy(ctx->arena, sv_trim(value));
	}
	struct sv name = header_parameter(ctx->arena, disposition, "name");
	if (!sv_equal_fold(sv_slice(disposition, 0, 9), SV("form-data")) || sv_is_absent(name) || name.len > HTTP_MAX_NAME
		|| ++m->parts > MAX_PARTS)
		return malformed(ctx);
	/* Browsers write quotes and line ends in names as %22, %0D and %0A (WHATWG HTML, multipart/form-data). */
	struct sv filename = header_parameter(ctx->arena, disposition, "filename");
	return m->sink.begin(ctx, m->sink.user, name, filename);
}

static enum rc pass_head(struct ctx *ctx, struct multipart *m, bool *ret_more)
{
	size_t at = sv_find(window(m), SV("\r\n\r\n"), 0);

	*ret_more = at != SIZE_MAX;
	if (at == SIZE_MAX)
		return m->len > HTTP_MAX_PART_HEAD ? malformed(ctx) : RC_OK;
	if (at > HTTP_MAX_PART_HEAD)
		return malformed(ctx);
	TRY(begin_part(ctx, m, sv_slice(window(m), 0, at)));
	drop(m, at + 4);
	m->state = DATA;
	return RC_OK;
}

static enum rc advance(struct ctx *ctx, struct multipart *m)
{
	bool more = true;

	while (more) {
		switch (m->state) {
		case PREAMBLE:
		case DATA:
			TRY(pass_data(ctx, m, &more));
			break;
		case BEHIND:
			TRY(pass_behind(ctx, m, &more));
			break;
		case HEAD:
			TRY(pass_head(ctx, m, &more));
			break;
		case END:
			m->len = 0;
			more = false;
			break;
		}
	}
	return RC_OK;
}

enum rc multipart_add(struct ctx *ctx, struct multipart *multipart, struct sv bytes)
{
	while (bytes.len) {
		size_t piece = WINDOW - multipart->len < bytes.len ? WINDOW - multipart->len : bytes.len;
		memcpy(multipart->window + multipart->len, bytes.ptr, piece);
		multipart->len += piece;
		bytes = sv_slice(bytes, piece, bytes.len);
		TRY(advance(ctx, multipart));
		if (multipart->len == WINDOW)
			return malformed(ctx);
	}
	return RC_OK;
}

enum rc multipart_end(struct ctx *ctx, struct multipart *multipart)
{
	return multipart->state == END ? RC_OK : malformed(ctx);
}
