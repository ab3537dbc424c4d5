/* What applicants of the sample city file: for each service an applicant whom it concerns, and the answers she would give. */
#include "app/city.h"
#include "app/drive.h"
#include "base/civil.h"

#include "base/banned.h"

enum { FORM_MAX = 64 * 1024, MAX_MATERIALS = 8, MAX_TRIES = 200 };

/* A filing being written. */
struct sheet {
	struct city *city;
	struct buf answers_text, situation_text;
	struct json_out answers, situation;
	struct sv *materials;
	size_t material_count;
};

static struct sheet *sheet_open(struct city *city)
{
	struct sheet *sheet = ARENA_NEW(city->ctx->arena, struct sheet);

	*sheet = (struct sheet){ .city = city, .materials = ARENA_ARRAY(city->ctx->arena, struct sv, MAX_MATERIALS) };
	buf_init(&sheet->answers_text, city->ctx->arena, FORM_MAX);
	buf_init(&sheet->situation_text, city->ctx->arena, FORM_MAX);
	sheet->answers = json_out_to(&sheet->answers_text);
	sheet->situation = json_out_to(&sheet->situation_text);
	json_out_object(&sheet->answers);
	json_out_object(&sheet->situation);
	return sheet;
}

static void answer(struct sheet *sheet, const char *key, struct sv value)
{
	json_out_member(&sheet->answers, sv_of(key), value);
}

static void answer_number(struct sheet *sheet, const char *key, int64_t value)
{
	json_out_member_i64(&sheet->answers, sv_of(key), value);
}

static void answer_bool(struct sheet *sheet, const char *key, bool value)
{
	json_out_key(&sheet->answers, sv_of(key));
	json_out_bool(&sheet->answers, value);
}

static void situation(struct sheet *sheet, const char *key, const char *value)
{
	json_out_member(&sheet->situation, sv_of(key), sv_of(value));
}

static void material(struct sheet *sheet, const char *id)
{
	sheet->materials[sheet->material_count++] = sv_of(id);
}

static enum rc sheet_close(struct sheet *sheet, struct drive_filing *ret)
{
	struct ctx *ctx = sheet->city->ctx;

	json_out_object_end(&sheet->answers);
	json_out_object_end(&sheet->situation);
	TRY(json_parse(ctx, SV("answers"), buf_view(&sheet->answers_text), &json_limits_request, &ret->form));
	TRY(json_parse(ctx, SV("situation"), buf_view(&sheet->situation_text), &json_limits_request, &ret->situation));
	ret->materials = sheet->materials;
	ret->material_count = sheet->material_count;
	return RC_OK;
}

/* --- who files --- */

/* Her sign-in, opened when she first applies: the identity number and the sample password. */
static enum rc account_of(struct city *city, struct city_person *person, struct id *ret)
{
	if (id_is_zero(person->account))
		TRY(identity_account_open(city->ctx, &(struct account_new){ .kind = PRINCIPAL_PERSON, .login = person->id_number,
			.password_hash = city->password_hash, .name = person->name, .party = person->party }, &person->account));
	*ret = person->account;
	return RC_OK;
}

static enum rc by_person(struct city *city, struct city_person *person, struct drive_filing *ret)
{
	ret->party = person->party;
	return account_of(city, person, &ret->account);
}

static enum rc by_firm(struct city *city, struct city_firm *firm, struct drive_filing *ret)
{
	ret->party = firm->party;
	TRY(account_of(city, &city->people[firm->representative], &ret->account));
	if (firm->is_represented)
		return RC_OK;
	firm->is_represented = true;
	return identity_represent(city->ctx, ret->account, firm->party);
}

static struct city_firm *any_firm(struct city *city, enum city_trade trade)
{
	struct city_firm *firm;

	do
		firm = &city->firms[city_below(city, city->firm_count)];
	while (firm->trade != trade);
	return firm;
}

static struct city_person *any_person(struct city *city, bool (*suits)(const struct city_person *person))
{
	struct city_person *person = NULL;

	for (int i = 0; i < MAX_TRIES; i++) {
		person = &city->people[city_below(city, city->person_count)];
		if (suits(person))
			break;
	}
	return person;
}

/* --- residence permit --- */

static bool may_want_permit(const struct city_person *person)
{
	return person->is_from_elsewhere;
}

static const char *ground_of(const struct city_person *person)
{
	if (person->is_student)
		return "study";
	if (!person->is_insured && (strcmp(person->home, "owned") == 0 || strcmp(person->home, "leased") == 0))
		return "housing";
	return "work";
}

static void permit_answers(struct sheet *sheet, const struct city_person *person)
{
	struct city *city = sheet->city;
	int64_t today = civil_china_day(clock_now(city->ctx->clock)), since = person->here_since;
	bool has_home = strcmp(person->home, "none") != 0;

	if (!since || since >= today)
		since = today - 30 - (int64_t)city_below(city, 400);
	answer(sheet, "name", person->name);
	answer(sheet, "id_number", person->id_number);
	answer(sheet, "sex", person->is_female ? SV("female") : SV("male"));
	answer(sheet, "ethnicity", person->ethnicity);
	answer(sheet, "birth_date", city_day_text(city, person->birth_day));
	answer(sheet, "household_address", person->household);
	answer(sheet, "phone", person->phone);
	answer(sheet, "residence_address", person->address);
	answer(sheet, "residence_since", city_day_text(city, since));
	answer(sheet, "home_kind", has_home ? sv_of(person->home) : SV("leased"));
	answer(sheet, "delivery", SV("pickup"));
	answer_bool(sheet, "truthful", true);
}

static enum rc file_permit(struct city *city, struct sheet *sheet, struct drive_filing *ret)
{
	struct city_person *person = any_person(city, may_want_permit);
	const char *ground = ground_of(person);
	bool is_registered = person->here_since != 0, needs_proof = !is_registered || strcmp(ground, "housing") == 0;

	permit_answers(sheet, person);
	situation(sheet, "ground", ground);
	situation(sheet, "registered", is_registered ? "yes" : "no");
	situation(sheet, "insured", person->is_insured ? "yes" : "no");
	material(sheet, "photo");
	if (needs_proof)
		material(sheet, "address-proof");
	if (strcmp(ground, "study") == 0) {
		answer(sheet, "school", SV("示例职业学院"));
		material(sheet, "study-proof");
	} else if (strcmp(ground, "work") == 0) {
		answer(sheet, "employer", person->employer);
		if (!person->is_insured)
			material(sheet, "work-proof");
	}
	return by_person(city, person, ret);
}

/* --- food business licence --- */

static void food_kind(struct sheet *sheet, struct sv name)
{
	struct city *city = sheet->city;
	bool is_kitchen = sv_has_suffix(name, SV("中央厨房")), is_drinks = sv_has_suffix(name, SV("茶饮店"));
	bool is_raw = sv_has_suffix(name, SV("料理店"));
	static const char *const buildings[] = { "commercial", "commercial", "detached", "residential" };

	answer(sheet, "business_type", is_kitchen ? SV("central-kitchen") : city_chance(city, 6) ? SV("canteen") : SV("restaurant"));
	json_out_key(&sheet->answers, SV("items"));
	json_out_array(&sheet->answers);
	json_out_string(&sheet->answers, is_drinks ? SV("drinks") : SV("hot"));
	if (is_kitchen)
		json_out_string(&sheet->answers, SV("semi-finished"));
	if (is_raw)
		json_out_string(&sheet->answers, SV("raw"));
	else if (!is_drinks && city_chance(city, 40))
		json_out_string(&sheet->answers, SV("cold-meat"));
	json_out_array_end(&sheet->answers);
	answer_bool(sheet, "simple_only", is_drinks);
	answer(sheet, "building", sv_of(buildings[city_below(city, 4)]));
}

static void food_safety(struct sheet *sheet, const struct city_person *person)
{
	json_out_key(&sheet->answers, SV("safety_staff"));
	json_out_array(&sheet->answers);
	json_out_object(&sheet->answers);
	answer(sheet, "staff_name", person->name);
	answer(sheet, "staff_role", SV("officer"));
	answer(sheet, "staff_phone", person->phone);
	json_out_object_end(&sheet->answers);
	json_out_array_end(&sheet->answers);
}

static enum rc file_food(struct city *city, struct sheet *sheet, struct drive_filing *ret)
{
	struct city_firm *firm = any_firm(city, CITY_TRADE_FOOD);
	const struct city_person *person = &city->people[firm->representative];
	int64_t area = 30 + (int64_t)city_below(city, 400);

	answer(sheet, "firm_name", firm->name);
	answer(sheet, "credit_code", firm->credit_code);
	answer(sheet, "legal_representative", person->name);
	answer(sheet, "firm_address", firm->address);
	answer(sheet, "contact_name", person->name);
	answer(sheet, "contact_phone", person->phone);
	food_kind(sheet, firm->name);
	answer(sheet, "shop_name", firm->name);
	answer(sheet, "premises_address", firm->address);
	answer_number(sheet, "total_area", area);
	answer_number(sheet, "kitchen_area", area / 3 + 1);
	answer_number(sheet, "seats", area / 3);
	food_safety(sheet, person);
	answer_bool(sheet, "truthful", true);
	situation(sheet, "prepackaged", city_chance(city, 2) ? "yes" : "no");
	situation(sheet, "agent", "no");
	material(sheet, "premises-plan");
	material(sheet, "rules-list");
	return by_firm(city, firm, ret);
}

/* --- construction planning permit --- */

static void project(struct sheet *sheet, const struct city_firm *firm)
{
	struct city *city = sheet->city;
	static const char *const kinds[] = { "residential", "residential", "commercial", "public", "industrial" };
	uint64_t number = city_below(city, 1000000);

	answer(sheet, "project_name", arena_printf(city->ctx->arena, "示例%.*s%u期", SV_FMT(city_word(city, "projects")),
		(unsigned)city_below(city, 4) + 1));
	answer(sheet, "project_code", arena_printf(city->ctx->arena, "2401-990000-04-01-%06u", (unsigned)number));
	answer(sheet, "project_kind", sv_of(kinds[city_below(city, 5)]));
	answer(sheet, "project_address", firm->address);
	answer(sheet, "zone", city_chance(city, 3) ? SV("village") : SV("city"));
	answer(sheet, "heritage", city_chance(city, 5) ? SV("yes") : SV("no"));
	answer(sheet, "land_kind", SV("transfer"));
	answer(sheet, "land_number", arena_printf(city->ctx->arena, "示例出让〔2024〕第%u号", (unsigned)(number % 900) + 1));
}

static void buildings(struct sheet *sheet, int64_t storeys)
{
	json_out_key(&sheet->answers, SV("buildings"));
	json_out_array(&sheet->answers);
	for (int i = 1; i <= 2; i++) {
		json_out_object(&sheet->answers);
		answer(sheet, "building_name", arena_printf(sheet->city->ctx->arena, "%d号楼", i));
		answer_number(sheet, "storeys_above", storeys);
		answer_number(sheet, "storeys_below", 2);
		json_out_object_end(&sheet->answers);
	}
	json_out_array_end(&sheet->answers);
}

static enum rc file_construction(struct city *city, struct sheet *sheet, struct drive_filing *ret)
{
	struct city_firm *firm = any_firm(city, CITY_TRADE_BUILDING);
	const struct city_person *person = &city->people[firm->representative];
	int64_t land = 3000 + (int64_t)city_below(city, 40000), storeys = 3 + (int64_t)city_below(city, 32);

	answer(sheet, "firm_name", firm->name);
	answer(sheet, "credit_code", firm->credit_code);
	answer(sheet, "legal_representative", person->name);
	answer(sheet, "contact_name", person->name);
	answer(sheet, "contact_phone", person->phone);
	project(sheet, firm);
	answer_number(sheet, "land_area", land);
	answer_number(sheet, "plot_ratio_limit", 3);
	answer_number(sheet, "floor_area_above", land * 2);
	answer_number(sheet, "floor_area_below", land / 2);
	answer_number(sheet, "building_height", storeys * 3 + 4);
	answer_number(sheet, "parking_spaces", land / 50);
	answer_number(sheet, "green_ratio", 30 + (int64_t)city_below(city, 15));
	buildings(sheet, storeys);
	answer_bool(sheet, "truthful", true);
	situation(sheet, "detailed_plan", "no");
	situation(sheet, "agent", "no");
	material(sheet, "land-proof");
	material(sheet, "design-scheme");
	return by_firm(city, firm, ret);
}

/* --- housing fund query --- */

static bool may_ask_for_fund(const struct city_person *person)
{
	return person->is_insured;
}

static enum rc file_query(struct city *city, struct sheet *sheet, struct drive_filing *ret)
{
	struct city_person *person = any_person(city, may_ask_for_fund);
	bool is_dispute = person->has_fund && city_chance(city, 10);

	answer(sheet, "name", person->name);
	answer(sheet, "id_number", person->id_number);
	answer(sheet, "request", is_dispute ? SV("dispute") : SV("query"));
	answer(sheet, "want", city_chance(city, 45) ? SV("records") : SV("balance"));
	if (is_dispute)
		answer(sheet, "dispute_text", city_word(city, "reasons.disputed"));
	return by_person(city, person, ret);
}

static const struct {
	const char *code;
	enum rc (*fill)(struct city *city, struct sheet *sheet, struct drive_filing *ret);
} services[] = {
	[CITY_RESIDENCE] = { "residence-permit", file_permit },
	[CITY_FOOD] = { "food-business-licence", file_food },
	[CITY_CONSTRUCTION] = { "construction-planning-permit", file_construction },
	[CITY_FUND] = { "housing-fund-query", file_query },
};

struct sv city_service_code(enum city_service service)
{
	return sv_of(services[service].code);
}

enum rc city_filing(struct city *city, enum city_service service, struct drive_filing *ret)
{
	struct sheet *sheet = sheet_open(city);

	*ret = (struct drive_filing){ .service = city_service_code(service) };
	TRY(services[service].fill(city, sheet, ret));
	return sheet_close(sheet, ret);
}
