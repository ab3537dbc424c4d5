/* Numbers, verification codes and the signed statement of a licence; docs/standards/licence.md. */
#include <assert.h>

#include "base/buf.h"
#include "base/civil.h"
#include "base/site.h"
#include "domain/licence/licence_int.h"
#include "engine/tlog/note.h"
#include "engine/tlog/signer.h"

#include "base/banned.h"

/* Without I, L, O and U (Crockford's base 32). */
static const char code_alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

char licence_check_character(struct sv text)
{
	static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*";
	int sum = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char *hit = text.ptr[i] ? strchr(alphabet, text.ptr[i]) : NULL;
		if (hit)
			sum = (sum + (int)(hit - alphabet)) * 2 % 37;
	}
	return alphabet[(38 - sum) % 37];
}

struct sv licence_code_new(struct ctx *ctx)
{
	char *code = arena_alloc(ctx->arena, LICENCE_CODE_LEN + 1);

	for (int i = 0; i < LICENCE_CODE_LEN; i++)
		code[i] = code_alphabet[random_below(ctx->random, 32)];
	return (struct sv){ code, LICENCE_CODE_LEN };
}

static char code_character(char c)
{
	if (c >= 'a' && c <= 'z')
		c = (char)(c - 'a' + 'A');
	if (c == 'O')
		return '0';
	if (c == 'I' || c == 'L')
		return '1';
	return c && strchr(code_alphabet, c) ? c : '\0';
}

bool licence_code_read(struct ctx *ctx, struct sv typed, struct sv *ret)
{
	char *code = arena_alloc(ctx->arena, LICENCE_CODE_LEN + 1);
	size_t len = 0;

	for (size_t i = 0; i < typed.len; i++) {
		if (typed.ptr[i] == ' ' || typed.ptr[i] == '-')
			continue;
		char c = code_character(typed.ptr[i]);
		if (!c || len == LICENCE_CODE_LEN)
			return false;
		code[len++] = c;
	}
	*ret = (struct sv){ code, len };
	return len == LICENCE_CODE_LEN;
}

struct sv licence_code_shown(struct arena *arena, struct sv code)
{
	assert(code.len == LICENCE_CODE_LEN);
	return arena_printf(arena, "%.4s-%.4s-%.4s", code.ptr, code.ptr + 4, code.ptr + 8);
}

struct sv licence_verify_path(struct arena *arena, const struct licence *licence)
{
	return arena_printf(arena, "/verify?code=%.*s", SV_FMT(licence_code_shown(arena, licence->code)));
}

/* --- the statement --- */

struct sv licence_statement_text(struct ctx *ctx, const struct licence *licence)
{
	char issued[11], from[11], until[11];
	bool has_end = licence->valid_until != INT64_MAX;

	return arena_printf(ctx->arena, "%snumber %.*s\nname %.*s\ndepartment %.*s\nissued %s\nvalid %s %s\n", SIGNER_LICENCE_LINE,
		SV_FMT(licence->number), SV_FMT(licence->name.zh), SV_FMT(licence->department),
		civil_day_text(civil_china_day(licence->issued_at), issued).ptr, civil_day_text(licence->valid_from, from).ptr,
		has_end ? civil_day_text(licence->valid_until, until).ptr : "-");
}

struct sv licence_link(struct ctx *ctx, const struct licence *licence)
{
	struct buf buf;

	buf_init(&buf, ctx->arena, 8192);
	buf_sv(&buf, ctx->site->public_url);
	buf_sv(&buf, licence_verify_path(ctx->arena, licence));
	if (licence->statement.len) {
		buf_byte(&buf, '#');
		buf_base64url(&buf, licence->statement.ptr, licence->statement.len);
	}
	assert(!buf.overflow);
	return buf_view(&buf);
}

/* "name value" as the next line. */
static bool cut_line(struct sv *rest, const char *name, struct sv *ret)
{
	struct sv line = sv_is_absent(*rest) ? SV("") : sv_cut(rest, '\n');
	size_t len = strlen(name);

	if (!sv_has_prefix(line, sv_of(name)) || line.len <= len + 1 || line.ptr[len] != ' ')
		return false;
	*ret = sv_slice(line, len + 1, line.len);
	return true;
}

static bool read_statement(struct sv text, struct licence_statement *ret)
{
	struct sv rest = sv_slice(text, sizeof(SIGNER_LICENCE_LINE) - 1, text.len), issued, from, until;

	if (!sv_has_prefix(text, SV(SIGNER_LICENCE_LINE)) || !cut_line(&rest, "number", &ret->number)
		|| !cut_line(&rest, "name", &ret->name) || !cut_line(&rest, "department", &ret->department)
		|| !cut_line(&rest, "issued", &issued) || !cut_line(&rest, "valid", &until) || rest.len)
		return false;
	from = sv_cut(&until, ' ');
	ret->valid_until = INT64_MAX;
	return civil_parse_day(issued, &ret->issued_on) && civil_parse_day(from, &ret->valid_from)
		&& (sv_equal(until, SV("-")) || civil_parse_day(until, &ret->valid_until));
}

enum rc licence_link_check(struct ctx *ctx, struct sv link, const struct note_key *key, struct licence_statement *ret)
{
	size_t hash = sv_find_byte(link, '#', 0);
	struct licence_statement statement;
	struct note note;
	struct sv bytes;

	if (hash == SIZE_MAX || !base64url_decode(ctx->arena, sv_trim(sv_slice(link, hash + 1, link.len)), &bytes))
		return fail(ctx, RC_MALFORMED, N_("This link carries no signed statement. Scan the whole QR code."), NULL);
	TRY(note_parse(ctx, bytes, &note));
	TRY(note_verify(ctx, &note, key, 1));
	if (!read_statement(note.text, &statement))
		return fail(ctx, RC_MALFORMED, N_("The signed text is not a statement about a licence."), NULL);
	*ret = statement;
	return RC_OK;
}
