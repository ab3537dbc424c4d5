/* Signed notes, their keys, and checkpoints; see note.h. */
#include "engine/tlog/note.h"

#include <assert.h>
#include <sodium/crypto_sign.h>

#include "base/utf8.h"

#include "base/banned.h"

enum { TYPE_ED25519 = 1, KEY_ID_SIZE = 4 };

static const char dash[] = "\xe2\x80\x94 "; /* em dash, space */

/* Unicode's White_Space and the ASCII controls, and '+', which separates the parts of a key. */
static bool may_be_in_name(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} refused[] = { { 0, ' ' }, { '+', '+' }, { 0x7f, 0x7f }, { 0x85, 0x85 }, { 0xa0, 0xa0 }, { 0x1680, 0x1680 },
		{ 0x2000, 0x200a }, { 0x2028, 0x2029 }, { 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 } };

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		if (c >= refused[i].first && c <= refused[i].last)
			return false;
	return true;
}

static bool name_is_valid(struct sv name)
{
	size_t at = 0;

	if (name.len == 0 || name.len > NOTE_MAX_NAME || !utf8_is_valid(name))
		return false;
	while (at < name.len)
		if (!may_be_in_name(utf8_next(name, &at)))
			return false;
	return true;
}

static uint32_t id_of(struct sv name, const uint8_t public_key[NOTE_PUBLIC_KEY_SIZE])
{
	static const char type[] = { '\n', TYPE_ED25519 };
	struct hash hash = hash_sha256_pieces((struct sv[]){ name, { type, sizeof(type) },
		{ (const char *)public_key, NOTE_PUBLIC_KEY_SIZE } }, 3);

	return (uint32_t)hash.bytes[0] << 24 | (uint32_t)hash.bytes[1] << 16 | (uint32_t)hash.bytes[2] << 8 | hash.bytes[3];
}

bool note_base64(struct arena *arena, struct sv text, struct sv *ret)
{
	return text.len % 4 == 0 && base64_decode(arena, text, ret);
}

/* --- keys --- */

/* "name+id+base64(type || 32 bytes)" */
enum rc note_key_parse(struct ctx *ctx, struct sv text, struct note_key *ret)
{
	struct sv rest = sv_trim(text), id_bytes, bytes;
	struct note_key key = { .name = sv_cut(&rest, '+') };
	struct sv id = sv_is_absent(rest) ? SV("") : sv_cut(&rest, '+');

	if (sv_is_absent(rest) || !name_is_valid(key.name) || id.len != 2 * KEY_ID_SIZE
		|| !hex_decode(ctx->arena, id, &id_bytes) || !note_base64(ctx->arena, rest, &bytes) || bytes.len == 0)
		return fail(ctx, RC_MALFORMED, N_("This is not a key of the form name+id+base64. Check that it was copied whole."),
			NULL);
	if (bytes.ptr[0] != TYPE_ED25519 || bytes.len != 1 + NOTE_PUBLIC_KEY_SIZE)
		return fail(ctx, RC_MALFORMED, N_("The key is not an Ed25519 key. Use the ledger's public key."), NULL);
	const uint8_t *b = (const uint8_t *)id_bytes.ptr;
	key.id = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	memcpy(key.bytes, bytes.ptr + 1, sizeof(key.bytes));
	if (key.id != id_of(key.name, key.bytes))
		return fail(ctx, RC_MALFORMED, N_("The key's id does not fit the key. Check that it was copied whole."), NULL);
	*ret = key;
	return RC_OK;
}

struct sv note_key_text(struct arena *arena, const struct note_key *key)
{
	char typed[1 + NOTE_PUBLIC_KEY_SIZE] = { TYPE_ED25519 };
	struct buf buf;

	memcpy(typed + 1, key->bytes, NOTE_PUBLIC_KEY_SIZE);
	buf_init(&buf, arena, NOTE_MAX_NAME + 128);
	buf_printf(&buf, "%.*s+%08x+", SV_FMT(key->name), key->id);
	buf_base64(&buf, typed, sizeof(typed));
	assert(!buf.overflow);
	return buf_view(&buf);
}

struct note_secret note_secret_from_seed(struct sv name, const uint8_t seed[NOTE_SEED_SIZE])
{
	struct note_secret secret = { .key.name = name };

	assert(name_is_valid(name));
	if (crypto_sign_seed_keypair(secret.key.bytes, secret.bytes, seed) != 0)
		assert(!"libsodium makes a key from any seed");
	secret.key.id = id_of(name, secret.key.bytes);
	return secret;
}

/* --- notes --- */

static enum rc bad_note(struct ctx *ctx, const char *detail)
{
	ctx->err->detail = ctx->err->rc == RC_OK ? sv_of(detail) : ctx->err->detail;
	return fail(ctx, RC_MALFORMED, N_("This is not a signed note. Check that the file was copied whole."), NULL);
}

static bool parse_signature(struct ctx *ctx, struct sv line, struct note_signature *ret)
{
	struct sv bytes;

	if (!sv_has_prefix(line, sv_of(dash)))
		return false;
	line = sv_slice(line, sizeof(dash) - 1, line.len);
	ret->name = sv_cut(&line, ' ');
	if (!name_is_valid(ret->name) || sv_is_absent(line) || !note_base64(ctx->arena, line, &bytes)
		|| bytes.len <= KEY_ID_SIZE)
		return false;
	const uint8_t *b = (const uint8_t *)bytes.ptr;
	ret->id = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
	ret->bytes = sv_slice(bytes, KEY_ID_SIZE, bytes.len);
	return true;
}

/* Where the signature lines begin: behind the last blank line; 0 if there is none. */
static size_t find_signatures(struct sv bytes)
{
	for (size_t i = bytes.len; i > 1; i--)
		if (bytes.ptr[i - 1] == '\n' && bytes.ptr[i - 2] == '\n')
			return i;
	return 0;
}

enum rc note_parse(struct ctx *ctx, struct sv bytes, struct note *ret)
{
	struct note note = { 0 };

	if (bytes.len > NOTE_MAX_BYTES)
		return fail(ctx, RC_TOO_LARGE, N_("The signed note is too long."), NULL);
	if (!utf8_is_valid(bytes))
		return bad_note(ctx, "not UTF-8");
	for (size_t i = 0; i < bytes.len; i++)
		if ((unsigned char)bytes.ptr[i] < ' ' && bytes.ptr[i] != '\n')
			return bad_note(ctx, "control character");
	size_t at = find_signatures(bytes);
	if (at == 0 || at == bytes.len || bytes.ptr[bytes.len - 1] != '\n')
		return bad_note(ctx, "no signature lines");
	note.text = sv_slice(bytes, 0, at - 1);
	note.signatures = ARENA_ARRAY(ctx->arena, struct note_signature, NOTE_MAX_SIGNATURES);
	struct sv rest = sv_slice(bytes, at, bytes.len - at - 1);
	while (!sv_is_absent(rest)) {
		if (note.signature_count == NOTE_MAX_SIGNATURES)
			return fail(ctx, RC_TOO_LARGE, N_("The signed note has too many signatures."), NULL);
		if (!parse_signature(ctx, sv_cut(&rest, '\n'), &note.signatures[note.signature_count++]))
			return bad_note(ctx, "bad signature line");
	}
	*ret = note;
	return RC_OK;
}

bool note_verify_bytes(const struct note_key *key, struct sv text, struct sv signature)
{
	return signature.len == NOTE_SIGNATURE_SIZE
		&& crypto_sign_verify_detached((const unsigned char *)signature.ptr, (const unsigned char *)text.ptr, text.len,
			   key->bytes) == 0;
}

enum rc note_verify(struct ctx *ctx, const struct note *note, const struct note_key *keys, size_t count)
{
	size_t good = 0;

	for (size_t s = 0; s < note->signature_count; s++) {
		const struct note_signature *signature = &note->signatures[s];
		for (size_t k = 0; k < count; k++) {
			if (signature->id != keys[k].id || !sv_equal(signature->name, keys[k].name))
				continue;
			if (!note_verify_bytes(&keys[k], note->text, signature->bytes))
				return fail(ctx, RC_INVALID, N_("The signature of {name} is wrong: the text is not what was signed."),
					ARGS({ "name", signature->name }));
			good++;
		}
	}
	if (good == 0)
		return fail(ctx, RC_INVALID, N_("None of the trusted keys has signed this. Use the public key of this ledger."),
			NULL);
	return RC_OK;
}

void note_sign_bytes(const struct note_secret *secret, struct sv text, uint8_t ret[NOTE_SIGNATURE_SIZE])
{
	assert(text.len > 0);
	crypto_sign_detached(ret, NULL, (const unsigned char *)text.ptr, text.len, secret->bytes);
}

struct sv note_with_signature(struct arena *arena, struct sv text, const struct note_key *key,
	const uint8_t signature[NOTE_SIGNATURE_SIZE])
{
	uint8_t bytes[KEY_ID_SIZE + NOTE_SIGNATURE_SIZE] = { (uint8_t)(key->id >> 24), (uint8_t)(key->id >> 16),
		(uint8_t)(key->id >> 8), (uint8_t)key->id };
	struct buf buf;

	assert(text.len && text.ptr[text.len - 1] == '\n');
	memcpy(bytes + KEY_ID_SIZE, signature, NOTE_SIGNATURE_SIZE);
	buf_init(&buf, arena, text.len + NOTE_MAX_NAME + 128);
	buf_printf(&buf, "%.*s\n%s%.*s ", SV_FMT(text), dash, SV_FMT(key->name));
	buf_base64(&buf, bytes, sizeof(bytes));
	buf_byte(&buf, '\n');
	assert(!buf.overflow);
	return buf_view(&buf);
}

/* --- checkpoints --- */

bool checkpoint_number(struct sv text, uint64_t *ret)
{
	int64_t number;

	if (text.len == 0 || text.ptr[0] < '0' || text.ptr[0] > '9' || (text.len > 1 && text.ptr[0] == '0')
		|| !sv_parse_i64(text, &number))
		return false;
	*ret = (uint64_t)number;
	return true;
}

struct sv checkpoint_text(struct arena *arena, const struct checkpoint *checkpoint)
{
	struct buf buf;

	assert(!sv_is_empty(checkpoint->origin));
	buf_init(&buf, arena, NOTE_MAX_BYTES);
	buf_printf(&buf, "%.*s\n%llu\n", SV_FMT(checkpoint->origin), (unsigned long long)checkpoint->size);
	buf_base64(&buf, checkpoint->root.bytes, sizeof(checkpoint->root.bytes));
	buf_byte(&buf, '\n');
	return buf_view(&buf);
}

enum rc checkpoint_parse(struct ctx *ctx, struct sv text, struct checkpoint *ret)
{
	struct sv rest = text, origin = sv_cut(&rest, '\n'), root;
	struct checkpoint checkpoint = { .origin = origin };
	struct sv size = sv_is_absent(rest) ? SV("") : sv_cut(&rest, '\n');
	struct sv hash = sv_is_absent(rest) ? SV("") : sv_cut(&rest, '\n');

	if (origin.len == 0 || sv_is_absent(rest) || !checkpoint_number(size, &checkpoint.size)
		|| !note_base64(ctx->arena, hash, &root) || root.len != sizeof(checkpoint.root.bytes))
		return fail(ctx, RC_MALFORMED, N_("This is not a checkpoint: it needs an origin, a size and a root hash."), NULL);
	memcpy(checkpoint.root.bytes, root.ptr, root.len);
	while (rest.len) {
		if (sv_cut(&rest, '\n').len == 0 || sv_is_absent(rest))
			return fail(ctx, RC_MALFORMED, N_("This is not a checkpoint: it has an empty or unfinished line."), NULL);
	}
	*ret = checkpoint;
	return RC_OK;
}
