/* The key holder as a process: it signs what continues, refuses what does not, and remembers over its own end. */
#include "app/keyholder.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "test/kit/kit.h"

#include "base/banned.h"

struct place {
	char folder[64];
	struct site site;
};

static void open_place(struct kit *kit, struct place *place)
{
	snprintf(place->folder, sizeof(place->folder), "/tmp/tongban-keys-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	place->site = (struct site){ .data_dir = sv_of(place->folder), .origin = SV("tongban.example/test") };
	struct sv keys = arena_printf(&kit->arena, "%s/keys", place->folder);
	assert_int_equal(mkdir(keys.ptr, 0700), 0);
}

static void close_place(struct kit *kit, struct place *place)
{
	struct sv command = arena_printf(&kit->arena, "rm -rf %s", place->folder);

	assert_int_equal(system(command.ptr), 0);
}

/* Asks for a signature over a head that claims to continue `from`, without a proof: right from nothing, and for the same. */
static enum rc sign(struct kit *kit, const struct site *site, uint64_t from, uint64_t size, struct sv root)
{
	struct signer_request request = { .proof_from = from, .head = { size, hash_sha256(root) } };
	uint8_t signature[NOTE_SIGNATURE_SIZE];

	error_clear(&kit->ctx);
	TRY(site->signer->sign(&kit->ctx, site->signer, &request, signature));
	struct sv text = signer_checkpoint_text(&kit->arena, &site->signer->key, &request.head);
	assert_true(note_verify_bytes(&site->signer->key, text, (struct sv){ (char *)signature, sizeof(signature) }));
	return RC_OK;
}

static void test_signs_what_continues(void **state)
{
	struct kit *kit = *state;
	struct place place;
	struct signer_head head;

	open_place(kit, &place);
	assert_ok(kit, keyholder_start(&kit->ctx, &place.site));
	assert_true(keyholder_is_alive(&place.site));
	assert_ok(kit, place.site.signer->head(&kit->ctx, place.site.signer, &head));
	assert_int_equal(head.size, 0);
	assert_ok(kit, sign(kit, &place.site, 0, 5, SV("a")));
	assert_ok(kit, sign(kit, &place.site, 5, 5, SV("a")));
	assert_int_equal(sign(kit, &place.site, 5, 5, SV("b")), RC_INTERNAL); /* another tree of the same size */
	assert_int_equal(sign(kit, &place.site, 5, 4, SV("a")), RC_CONFLICT); /* an older one */
	assert_int_equal(sign(kit, &place.site, 0, 9, SV("c")), RC_CONFLICT); /* proved from elsewhere */
	assert_int_equal(sign(kit, &place.site, 5, 9, SV("c")), RC_INTERNAL); /* not proved */
	error_clear(&kit->ctx);
	assert_ok(kit, place.site.signer->head(&kit->ctx, place.site.signer, &head));
	assert_int_equal(head.size, 5);
	close_place(kit, &place);
}

/* A second holder, as a command beside the server has one, goes on from the same head and with the same key. */
static void test_two_holders(void **state)
{
	struct kit *kit = *state;
	struct place place;
	struct site other;

	open_place(kit, &place);
	assert_ok(kit, keyholder_start(&kit->ctx, &place.site));
	other = place.site;
	assert_ok(kit, keyholder_start(&kit->ctx, &other));
	assert_memory_equal(place.site.signer->key.bytes, other.signer->key.bytes, NOTE_PUBLIC_KEY_SIZE);
	assert_ok(kit, sign(kit, &place.site, 0, 5, SV("a")));
	assert_int_equal(sign(kit, &other, 0, 5, SV("b")), RC_CONFLICT);
	assert_int_equal(sign(kit, &other, 5, 5, SV("b")), RC_INTERNAL);
	assert_ok(kit, sign(kit, &other, 5, 5, SV("a")));
	close_place(kit, &place);
}

static void test_texts(void **state)
{
	struct kit *kit = *state;
	struct place place;
	uint8_t signature[NOTE_SIGNATURE_SIZE];
	struct sv text = SV(SIGNER_LICENCE_LINE "sample\n");

	open_place(kit, &place);
	assert_ok(kit, keyholder_start(&kit->ctx, &place.site));
	assert_ok(kit, place.site.signer->sign_text(&kit->ctx, place.site.signer, text, signature));
	assert_true(note_verify_bytes(&place.site.signer->key, text, (struct sv){ (char *)signature, sizeof(signature) }));
	assert_int_equal(place.site.signer->sign_text(&kit->ctx, place.site.signer, SV("tongban.example/test\n9\n"), signature), RC_INTERNAL);
	close_place(kit, &place);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, kit_setup, kit_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { TEST(test_signs_what_continues), TEST(test_two_holders), TEST(test_texts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
