/* People and firms of the sample city, and their rows in the base registers. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "app/city.h"
#include "base/civil.h"
#include "domain/registry/registry.h"

#include "base/banned.h"

enum {
	BIRTH_FIRST = -10227, /* 1942-01-01 */
	BIRTH_DAYS = 24472,   /* to 2008-12-31 */
	STREET_NUMBERS = 40,
	MONTHS_OF_RECORDS = 12,
	PEOPLE_A_COMMIT = 2000,
};

#define PAIR(name_, value_) { SV_INIT(name_), (value_) }
#define PUT(city, table, ...)                                                                                           \
	registry_put((city)->ctx, SV(table), (const struct registry_pair[]){ __VA_ARGS__ },                             \
		sizeof((const struct registry_pair[]){ __VA_ARGS__ }) / sizeof(struct registry_pair))

static struct sv number_text(struct city *city, int64_t number)
{
	return arena_printf(city->ctx->arena, "%" PRId64, number);
}

/* --- numbers with their check characters --- */

/* GB 11643: six digits of region, birth date, three of sequence (odd = male), check by ISO 7064 MOD 11-2. */
static struct sv identity_number(struct city *city, int64_t birth_day, unsigned sequence)
{
	struct civil_date date = civil_from_day(birth_day);
	char text[40]; /* 18 are used; the compiler cannot know */
	unsigned sum = 0;

	snprintf(text, sizeof(text), "990000%04d%02d%02d%03u", (int)date.year, date.month, date.day, sequence % 1000);
	for (unsigned i = 0; i < 17; i++) /* the weight of position i is 2^(17-i) mod 11 */
		sum = (sum + (unsigned)(text[i] - '0')) * 2 % 11;
	text[17] = "10X98765432"[sum];
	text[18] = '\0';
	return arena_copy(city->ctx->arena, sv_of(text));
}

/* GB 11714 check character of an organisation code of eight. */
static char organisation_check(const char *code)
{
	static const unsigned weights[] = { 3, 7, 9, 10, 5, 8, 4, 2 };
	unsigned sum = 0;

	for (unsigned i = 0; i < 8; i++) {
		unsigned value = code[i] <= '9' ? (unsigned)(code[i] - '0') : (unsigned)(code[i] - 'A') + 10;
		sum += value * weights[i];
	}
	unsigned check = 11 - sum % 11;
	return check == 10 ? 'X' : check == 11 ? '0' : (char)('0' + check);
}

/* GB 32100: registration body and kind, region, organisation code, check by MOD 31. */
static struct sv credit_code(struct city *city, unsigned sequence)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	char text[19], organisation[9];
	unsigned sum = 0, weight = 1;

	snprintf(organisation, sizeof(organisation), "MA7%05u", sequence % 100000);
	snprintf(text, sizeof(text), "91990000%s%c", organisation, organisation_check(organisation));
	for (unsigned i = 0; i < 17; i++, weight = weight * 3 % 31)
		sum += (unsigned)(strchr(alphabet, text[i]) - alphabet) * weight;
	text[17] = alphabet[(31 - sum % 31) % 31];
	text[18] = '\0';
	return arena_copy(city->ctx->arena, sv_of(text));
}

/* --- places --- */

struct place {
	struct sv full, region;
};

static struct place any_place(struct city *city, bool with_room)
{
	const struct json *districts = json_get(city->words, SV("districts"));
	const struct json *district = json_at(districts, city_below(city, json_count(districts)));
	struct sv name = json_string(json_get(district, SV("name")));
	struct sv street = city_word(city, "streets");
	unsigned number = (unsigned)city_below(city, STREET_NUMBERS) + 1;

	if (!with_room)
		return (struct place){ arena_printf(city->ctx->arena, "示例市%.*s%.*s%u号", SV_FMT(name), SV_FMT(street), number),
			json_string(json_get(district, SV("region"))) };
	return (struct place){ arena_printf(city->ctx->arena, "示例市%.*s%.*s%u号%u单元%u0%u室", SV_FMT(name), SV_FMT(street), number,
				       (unsigned)city_below(city, 4) + 1, (unsigned)city_below(city, 9) + 1,
				       (unsigned)city_below(city, 4) + 1),
		json_string(json_get(district, SV("region"))) };
}

static enum rc put_addresses(struct city *city)
{
	static const char *const kinds[] = { "residential", "residential", "mixed", "commercial", "public", "industrial" };
	const struct json *districts = json_get(city->words, SV("districts")), *streets = json_get(city->words, SV("streets"));

	for (const struct json *d = json_first(districts); d; d = json_next(districts, d))
		for (size_t s = 0; s < json_count(streets); s++)
			for (unsigned n = 1; n <= STREET_NUMBERS; n++) {
				struct arena_mark mark = arena_mark(city->ctx->arena);
				struct sv region = json_string(json_get(d, SV("region"))), street = json_string(json_at(streets, s));
				TRY(PUT(city, "address",
					PAIR("code", arena_printf(city->ctx->arena, "%.*s%03zu%04u", SV_FMT(region), s + 1, n)),
					PAIR("full_address", arena_printf(city->ctx->arena, "示例市%.*s%.*s%u号",
						SV_FMT(json_string(json_get(d, SV("name")))), SV_FMT(street), n)),
					PAIR("region", region), PAIR("street", street), PAIR("house_number", number_text(city, n)),
					PAIR("kind", sv_of(kinds[city_below(city, 6)])),
					PAIR("heritage", n <= 2 ? SV("yes") : SV("no"))));
				arena_rewind(city->ctx->arena, mark);
			}
	return RC_OK;
}

/* --- people --- */

static struct sv character(struct city *city, const char *list)
{
	struct sv all = json_string(json_get(city->words, sv_of(list)));
	return sv_slice(all, city_below(city, all.len / 3) * 3, 3); /* each takes three bytes in UTF-8 */
}

static int64_t days_ago(struct city *city, int64_t at_least, int64_t at_most)
{
	return civil_china_day(city->now) - at_least - (int64_t)city_below(city, (uint64_t)(at_most - at_least));
}

static void settle(struct city *city, struct city_person *person)
{
	static const char *const homes[] = { "owned", "owned", "leased", "leased", "leased", "leased", "dormitory", "relative" };

	person->is_from_elsewhere = city_chance(city, 45);
	person->home = city_chance(city, person->is_from_elsewhere ? 15 : 2) ? "none" : homes[city_below(city, 8)];
	person->here_since = strcmp(person->home, "none") == 0 ? 0 : days_ago(city, 20, person->is_from_elsewhere ? 1500 : 9000);
	if (person->here_since && person->here_since < person->birth_day)
		person->here_since = person->birth_day;
	int64_t age = (civil_china_day(city->now) - person->birth_day) / 365;
	person->is_student = age < 24 && city_chance(city, 60);
	person->is_insured = age >= 20 && age < 60 && !person->is_student && city_chance(city, 75);
	person->has_fund = person->is_insured && city_chance(city, 80);
}

static void make_person(struct city *city, struct city_person *person, uint8_t *births)
{
	uint64_t day = city_below(city, BIRTH_DAYS);
	struct arena *arena = city->ctx->arena;

	*person = (struct city_person){ .birth_day = BIRTH_FIRST + (int64_t)day, .is_female = city_chance(city, 50) };
	unsigned sequence = ++births[day] * 2u + !person->is_female;
	person->id_number = identity_number(city, person->birth_day, sequence);
	struct sv surname = character(city, "surnames"), given = character(city, "given");
	person->name = arena_printf(arena, "%.*s示%.*s", SV_FMT(surname), SV_FMT(given));
	person->phone = arena_printf(arena, "139%08u", (unsigned)city_below(city, 100000000));
	person->ethnicity = city_word(city, "ethnicities");
	settle(city, person);
}

static const struct json *any_elsewhere(struct city *city)
{
	const struct json *list = json_get(city->words, SV("elsewhere"));
	return json_at(list, city_below(city, json_count(list)));
}

static enum rc put_population(struct city *city, struct city_person *person)
{
	struct place home = any_place(city, true), household = any_place(city, true);
	struct sv since = person->here_since ? city_day_text(city, person->here_since) : (struct sv){ NULL, 0 };

	if (person->is_from_elsewhere) {
		const struct json *elsewhere = any_elsewhere(city);
		household.region = json_string(json_get(elsewhere, SV("region")));
		household.full = arena_printf(city->ctx->arena, "%.*s%.*s%u号", SV_FMT(json_string(json_get(elsewhere, SV("name")))),
			SV_FMT(city_word(city, "streets")), (unsigned)city_below(city, 200) + 1);
	}
	person->address = home.full;
	person->household = household.full;
	return PUT(city, "population", PAIR("id_number", person->id_number), PAIR("name", person->name),
		PAIR("sex", person->is_female ? SV("female") : SV("male")), PAIR("ethnicity", person->ethnicity),
		PAIR("birth_date", city_day_text(city, person->birth_day)), PAIR("household_address", household.full),
		PAIR("household_region", household.region), PAIR("residence_address", home.full),
		PAIR("residence_region", home.region), PAIR("residence_since", since),
		PAIR("residence_basis", sv_of(person->home)), PAIR("phone", person->phone));
}

static enum rc put_insurance(struct city *city, struct city_person *person)
{
	int64_t since = days_ago(city, 60, 3000);

	if (!person->is_insured && city_chance(city, 60))
		return RC_OK; /* no row at all */
	return PUT(city, "social_insurance", PAIR("id_number", person->id_number), PAIR("name", person->name),
		PAIR("employer", person->is_insured ? person->employer : (struct sv){ 0 }),
		PAIR("status", person->is_insured ? SV("paying") : city_chance(city, 50) ? SV("paused") : SV("none")),
		PAIR("paid_since", city_day_text(city, since)),
		PAIR("months_paid", number_text(city, (civil_china_day(city->now) - since) / 30)),
		PAIR("base", number_text(city, (int64_t)(4000 + city_below(city, 16000)) * 100)));
}

static struct sv fund_records(struct city *city, int64_t monthly, int64_t balance)
{
	struct civil_date date = civil_from_day(civil_china_day(city->now));
	struct buf buf;
	char day[11];

	buf_init(&buf, city->ctx->arena, 16 * 1024);
	struct json_out out = json_out_to(&buf);
	json_out_array(&out);
	for (int i = 0; i < MONTHS_OF_RECORDS; i++, balance -= monthly) {
		date.month = date.month == 1 ? 12 : date.month - 1;
		date.year -= date.month == 12;
		date.day = 12;
		json_out_object(&out);
		json_out_member(&out, SV("on"), civil_day_text(civil_to_day(date), day));
		json_out_member(&out, SV("summary"),
			arena_printf(city->ctx->arena, "汇缴%" PRId64 "年%d月", date.year, date.month));
		json_out_member_i64(&out, SV("amount"), monthly);
		json_out_member_i64(&out, SV("balance_after"), balance);
		json_out_object_end(&out);
	}
	json_out_array_end(&out);
	return buf_view(&buf);
}

static enum rc put_fund(struct city *city, struct city_person *person, unsigned number)
{
	struct civil_date date = civil_from_day(civil_china_day(city->now) - 30);
	int64_t monthly = (int64_t)(600 + city_below(city, 3000)) * 100;
	int64_t balance = monthly * (int64_t)(MONTHS_OF_RECORDS + city_below(city, 80));
	/* one in two hundred carries somebody else's name: the query goes to an officer */
	struct sv name = city_chance(city, 1) && city_chance(city, 50) ? city->people[0].name : person->name;

	if (!person->has_fund)
		return RC_OK;
	return PUT(city, "housing_fund", PAIR("id_number", person->id_number),
		PAIR("account_number", arena_printf(city->ctx->arena, "9900%08u", number)), PAIR("name", name),
		PAIR("employer", person->employer), PAIR("status", city_chance(city, 90) ? SV("normal") : SV("sealed")),
		PAIR("balance", number_text(city, balance)), PAIR("monthly", number_text(city, monthly)),
		PAIR("opened_on", city_day_text(city, days_ago(city, 400, 4000))),
		PAIR("last_paid", arena_printf(city->ctx->arena, "%" PRId64 "-%02d", date.year, date.month)),
		PAIR("records", fund_records(city, monthly, balance)));
}

static enum rc open_person(struct city *city, struct city_person *person)
{
	return identity_party_open(city->ctx, &(struct party){ .kind = PARTY_NATURAL, .code = person->id_number,
		.name = person->name, .phone = person->phone }, &person->party);
}

static enum rc put_person(struct city *city, size_t i)
{
	struct city_person *person = &city->people[i];

	person->employer = city->firms[city_below(city, city->firm_count)].name;
	TRY(open_person(city, person));
	TRY(put_population(city, person));
	TRY(put_insurance(city, person));
	return put_fund(city, person, (unsigned)i);
}

/* --- firms --- */

static enum rc put_firm(struct city *city, struct city_firm *firm, struct sv kind, struct sv scope)
{
	const struct city_person *person = &city->people[firm->representative];
	const char *status = city_chance(city, 96) ? "active" : city_chance(city, 50) ? "abnormal" : "deregistered";

	TRY(identity_party_open(city->ctx, &(struct party){ .kind = PARTY_LEGAL, .code = firm->credit_code, .name = firm->name,
		.phone = person->phone }, &firm->party));
	return PUT(city, "legal_person", PAIR("credit_code", firm->credit_code), PAIR("name", firm->name), PAIR("kind", kind),
		PAIR("legal_representative", person->name), PAIR("representative_id_number", person->id_number),
		PAIR("address", firm->address), PAIR("registered_on", city_day_text(city, days_ago(city, 100, 5000))),
		PAIR("business_scope", scope), PAIR("status", sv_of(status)),
		PAIR("capital", number_text(city, (int64_t)(10 + city_below(city, 990)) * 1000000)), PAIR("phone", person->phone));
}

static enum city_trade trade_of(const struct json *kind)
{
	struct sv trade = json_string(json_get(kind, SV("trade")));

	if (sv_equal(trade, SV("food")))
		return CITY_TRADE_FOOD;
	return sv_equal(trade, SV("building")) ? CITY_TRADE_BUILDING : CITY_TRADE_OTHER;
}

/* Every combination of a word and a kind once, so that no two firms have the same name. */
static const struct json *name_firm(struct city *city, size_t i)
{
	const struct json *words = json_get(city->words, SV("firm_words")), *kinds = json_get(city->words, SV("firm_kinds"));
	const struct json *kind = json_at(kinds, i % json_count(kinds));
	struct city_firm *firm = &city->firms[i];

	firm->name = arena_printf(city->ctx->arena, "示例%.*s%.*s", SV_FMT(json_string(json_at(words, i / json_count(kinds)))),
		SV_FMT(json_string(json_get(kind, SV("name")))));
	firm->credit_code = credit_code(city, (unsigned)i);
	firm->address = any_place(city, false).full;
	firm->representative = (uint32_t)city_below(city, city->person_count);
	firm->trade = trade_of(kind);
	return kind;
}

/* A shorter history has a smaller city. */
static size_t scaled(const struct city *city, size_t full, size_t least)
{
	size_t share = full * city->case_count / CITY_CASES;

	return share > full ? full : share < least ? least : share;
}

enum rc city_populate(struct city *city)
{
	struct arena *arena = city->ctx->arena;
	uint8_t *births = arena_alloc(arena, BIRTH_DAYS);

	memset(births, 0, BIRTH_DAYS);
	city->person_count = scaled(city, CITY_PEOPLE, 500);
	city->firm_count = scaled(city, CITY_FIRMS, 200);
	city->people = ARENA_ARRAY(arena, struct city_person, city->person_count);
	city->firms = ARENA_ARRAY(arena, struct city_firm, city->firm_count);
	for (size_t i = 0; i < city->person_count; i++)
		make_person(city, &city->people[i], births);
	for (size_t i = 0; i < city->firm_count; i++) {
		const struct json *kind = name_firm(city, i);
		struct sv name = json_string(json_get(kind, SV("name")));
		TRY(put_firm(city, &city->firms[i], sv_has_suffix(name, SV("公司")) ? SV("company") : SV("individual-business"),
			json_string(json_get(kind, SV("scope")))));
	}
	TRY(put_addresses(city));
	for (size_t i = 0; i < city->person_count; i++) {
		TRY(put_person(city, i));
		if (i % PEOPLE_A_COMMIT == 0)
			TRY(city_commit(city));
		city_progress(city, N_("people, firms and their registers"), (int64_t)i + 1, (int64_t)city->person_count);
	}
	return city_commit(city);
}

/* --- sample sign-ins --- */

static bool sample_text(const struct json *map, const char *key, struct sv *ret)
{
	*ret = json_string(json_get(map, sv_of(key)));
	return !sv_is_empty(*ret);
}

/* A person of accounts.yaml as one of the city's, from elsewhere and registered here for more than a year. */
static enum rc sample_person(struct city *city, const struct json *map, struct city_person *person)
{
	struct sv birth, sex, login;

	*person = (struct city_person){ .is_from_elsewhere = true, .home = "leased", .ethnicity = SV("汉族") };
	if (!sample_text(map, "id_number", &person->id_number) || !sample_text(map, "name", &person->name)
		|| !sample_text(map, "phone", &person->phone) || !sample_text(map, "birth_date", &birth)
		|| !sample_text(map, "sex", &sex) || !sample_text(map, "login", &login) || !civil_parse_day(birth, &person->birth_day))
		return fail_at(city->ctx, RC_INVALID, SV("accounts.yaml"), map->line,
			N_("A person needs login, id_number, name, sex, birth_date and phone."), NULL);
	person->is_female = sv_equal(sex, SV("female"));
	person->here_since = civil_china_day(city->now) - 400;
	person->is_insured = json_bool(json_get(map, SV("insured")), false);
	person->has_fund = json_bool(json_get(map, SV("fund")), false);
	person->employer = SV("示例制造有限公司");
	TRY(open_person(city, person));
	TRY(put_population(city, person));
	if (person->is_insured)
		TRY(put_insurance(city, person));
	TRY(put_fund(city, person, 90000000u + (unsigned)city_below(city, 1000000)));
	return identity_account_open(city->ctx, &(struct account_new){ .kind = PRINCIPAL_PERSON, .login = login,
		.password_hash = city->password_hash, .name = person->name, .party = person->party }, &person->account);
}

static enum rc sample_firm(struct city *city, const struct json *map, const struct city_person *person, struct id *ret)
{
	struct sv code = json_string(json_get(map, SV("credit_code"))), name = json_string(json_get(map, SV("name")));

	TRY(identity_party_open(city->ctx, &(struct party){ .kind = PARTY_LEGAL, .code = code, .name = name, .phone = person->phone }, ret));
	TRY(identity_represent(city->ctx, person->account, *ret));
	return PUT(city, "legal_person", PAIR("credit_code", code), PAIR("name", name),
		PAIR("kind", json_string(json_get(map, SV("kind")))), PAIR("legal_representative", person->name),
		PAIR("representative_id_number", person->id_number), PAIR("address", json_string(json_get(map, SV("address")))),
		PAIR("registered_on", SV("2021-03-01")), PAIR("business_scope", json_string(json_get(map, SV("business_scope")))),
		PAIR("status", SV("active")), PAIR("capital", SV("100000000")), PAIR("phone", person->phone));
}

static enum rc sample_fault(struct city *city, const struct json *map, struct sv name)
{
	return fail_at(city->ctx, RC_INVALID, SV("accounts.yaml"), map->line, N_("There is nobody “{name}” in this file."),
		ARGS({ "name", name }));
}

static const struct city_person *by_login(const struct json *list, const struct city_person *people, struct sv login)
{
	size_t i = 0;

	for (const struct json *v = json_first(list); v; v = json_next(list, v), i++)
		if (sv_equal(json_string(json_get(v, SV("login"))), login))
			return &people[i];
	return NULL;
}

enum rc city_sample_accounts(struct city *city, const struct json *accounts)
{
	const struct json *people = json_get(accounts, SV("people")), *firms = json_get(accounts, SV("firms"));
	const struct json *agents = json_get(accounts, SV("agents"));
	struct city_person *persons = ARENA_ARRAY(city->ctx->arena, struct city_person, json_count(people) + 1), agent;
	size_t i = 0;

	for (const struct json *v = json_first(people); v; v = json_next(people, v))
		TRY(sample_person(city, v, &persons[i++]));
	for (const struct json *v = json_first(firms); v; v = json_next(firms, v)) {
		struct sv login = json_string(json_get(v, SV("representative")));
		const struct city_person *person = by_login(people, persons, login);
		struct id id;
		if (!person)
			return sample_fault(city, v, login);
		TRY(sample_firm(city, v, person, &id));
	}
	for (const struct json *v = json_first(agents); v; v = json_next(agents, v)) {
		struct sv code = json_string(json_get(v, SV("firm")));
		struct party firm;
		TRY(sample_person(city, v, &agent));
		if (identity_party_by_code(city->ctx, code, &firm) != RC_OK)
			return sample_fault(city, v, code);
		TRY(identity_represent(city->ctx, agent.account, firm.id));
	}
	return city_commit(city);
}
