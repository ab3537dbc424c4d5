/* The rule by which checkpoints are signed, and the signer without a process of its own; see signer.h. */
#include "engine/tlog/signer.h"

#include <assert.h>

#include "base/banned.h"

enum signer_verdict signer_decide(const struct signer_head *last, const struct signer_request *request)
{
	struct hash old_root = last->size ? last->root : tlog_empty_root();

	if (request->head.size < last->size || request->proof_from != last->size)
		return SIGNER_BEHIND;
	return tlog_check_consistency(last->size, old_root, request->head.size, request->head.root, request->proof.at,
		       request->proof.len)
		? SIGNER_GRANTED
		: SIGNER_FORKED;
}

bool signer_may_sign_text(struct sv text)
{
	return text.len <= SIGNER_MAX_TEXT && sv_has_prefix(text, SV(SIGNER_LICENCE_LINE)) && text.ptr[text.len - 1] == '\n';
}

struct sv signer_checkpoint_text(struct arena *arena, const struct note_key *key, const struct signer_head *head)
{
	struct checkpoint checkpoint = { .origin = key->name, .size = head->size, .root = head->root };

	return checkpoint_text(arena, &checkpoint);
}

enum rc signer_refuse(struct ctx *ctx, enum signer_verdict verdict, const struct signer_head *last)
{
	switch (verdict) {
	case SIGNER_BEHIND:
		if (ctx->err->rc == RC_OK)
			ctx->err->detail = arena_printf(ctx->arena, "the key holder has signed %llu entries, this ledger has fewer",
				(unsigned long long)last->size);
		return fail(ctx, RC_CONFLICT,
			N_("The key holder has already signed a ledger of {size} entries. This database is older: restore the newest one."),
			ARGS({ "size", arena_printf(ctx->arena, "%llu", (unsigned long long)last->size) }));
	case SIGNER_FORKED:
		return fail_internal(ctx, "the ledger does not continue the tree of %llu entries that was signed",
			(unsigned long long)last->size);
	case SIGNER_GRANTED:
		break;
	}
	assert(!"a refusal");
	return RC_INTERNAL;
}

static enum rc local_head(struct ctx *ctx, struct signer *signer, struct signer_head *ret)
{
	(void)ctx; /* nothing can fail here */
	*ret = ((struct signer_local *)(void *)signer)->last;
	return RC_OK;
}

static enum rc local_sign(struct ctx *ctx, struct signer *signer, const struct signer_request *request,
	uint8_t ret[NOTE_SIGNATURE_SIZE])
{
	struct signer_local *local = (struct signer_local *)(void *)signer;
	enum signer_verdict verdict = signer_decide(&local->last, request);

	if (verdict != SIGNER_GRANTED)
		return signer_refuse(ctx, verdict, &local->last);
	note_sign_bytes(&local->secret, signer_checkpoint_text(ctx->arena, &signer->key, &request->head), ret);
	local->last = request->head;
	return RC_OK;
}

static enum rc local_sign_text(struct ctx *ctx, struct signer *signer, struct sv text, uint8_t ret[NOTE_SIGNATURE_SIZE])
{
	struct signer_local *local = (struct signer_local *)(void *)signer;

	if (!signer_may_sign_text(text))
		return fail_internal(ctx, "the text is not of a kind that is signed");
	note_sign_bytes(&local->secret, text, ret);
	return RC_OK;
}

void signer_local_init(struct signer_local *local, struct note_secret secret)
{
	*local = (struct signer_local){
		.signer = { .key = secret.key, .head = local_head, .sign = local_sign, .sign_text = local_sign_text },
		.secret = secret,
	};
}
