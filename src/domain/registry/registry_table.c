/* The typed tables: one X-macro for each register ties its fields to the generated row and parameter structs. */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "base/civil.h"
#include "domain/registry/registry_int.h"
#include "domain/registry/registry_sql.h"

#include "base/banned.h"

#define POPULATION_COLUMNS(X)												\
	X(population, id_number, TEXT)											\
	X(population, name, TEXT)											\
	X(population, sex, TEXT)											\
	X(population, ethnicity, TEXT)											\
	X(population, birth_date, DATE)											\
	X(population, household_address, TEXT)										\
	X(population, household_region, TEXT)										\
	X(population, residence_address, TEXT)										\
	X(population, residence_region, TEXT)										\
	X(population, residence_since, DATE)										\
	X(population, residence_basis, TEXT)										\
	X(population, phone, TEXT)

#define LEGAL_PERSON_COLUMNS(X)												\
	X(legal_person, credit_code, TEXT)										\
	X(legal_person, name, TEXT)											\
	X(legal_person, kind, TEXT)											\
	X(legal_person, legal_representative, TEXT)									\
	X(legal_person, representative_id_number, TEXT)									\
	X(legal_person, address, TEXT)											\
	X(legal_person, registered_on, DATE)										\
	X(legal_person, business_scope, TEXT)										\
	X(legal_person, status, TEXT)											\
	X(legal_person, capital, MONEY)											\
	X(legal_person, phone, TEXT)

#define ADDRESS_COLUMNS(X)												\
	X(address, code, TEXT)												\
	X(address, full_address, TEXT)											\
	X(address, region, TEXT)											\
	X(address, street, TEXT)											\
	X(address, house_number, TEXT)											\
	X(address, kind, TEXT)												\
	X(address, heritage, TEXT)

#define HOUSING_FUND_COLUMNS(X)												\
	X(housing_fund, id_number, TEXT)										\
	X(housing_fund, account_number, TEXT)										\
	X(housing_fund, name, TEXT)											\
	X(housing_fund, employer, TEXT)											\
	X(housing_fund, status, TEXT)											\
	X(housing_fund, balance, MONEY)											\
	X(housing_fund, monthly, MONEY)											\
	X(housing_fund, opened_on, DATE)										\
	X(housing_fund, last_paid, TEXT)

#define SOCIAL_INSURANCE_COLUMNS(X)											\
	X(social_insurance, id_number, TEXT)										\
	X(social_insurance, name, TEXT)											\
	X(social_insurance, employer, TEXT)										\
	X(social_insurance, status, TEXT)										\
	X(social_insurance, paid_since, DATE)										\
	X(social_insurance, months_paid, NUMBER)									\
	X(social_insurance, base, MONEY)										\
	X(social_insurance, last_paid, TEXT)

/* The row's members and the parameters' are checked against each other by the compiler: both must have the field. */
#define COLUMN(table, field, type_)                                                                                     \
	{ #field, REGISTRY_##type_, offsetof(struct sql_registry_##table##_find_row, field),                            \
		offsetof(struct sql_registry_##table##_put_params, field) },

#define TABLE(table)                                                                                                    \
	static enum rc table##_find(struct ctx *ctx, struct sv key, const void **ret_row)                               \
	{                                                                                                               \
		struct sql_registry_##table##_find_row *row = ARENA_NEW(ctx->arena, struct sql_registry_##table##_find_row); \
		TRY(sql_registry_##table##_find(ctx, key, row));                                                        \
		*ret_row = row;                                                                                         \
		return RC_OK;                                                                                           \
	}                                                                                                               \
	static enum rc table##_put(struct ctx *ctx, const void *params)                                                 \
	{                                                                                                               \
		return sql_registry_##table##_put(ctx, params);                                                         \
	}                                                                                                               \
	_Static_assert(sizeof(struct sql_registry_##table##_put_params) <= REGISTRY_PARAMS_MAX, "the largest");

TABLE(population)
TABLE(legal_person)
TABLE(address)
TABLE(housing_fund)
TABLE(social_insurance)

/* --- the list of the housing fund: its entries --- */

static enum rc housing_fund_find_list(struct ctx *ctx, struct sv key, struct json_out *out)
{
	struct sql_registry_housing_fund_records_rows rows;
	char day[11];

	TRY(sql_registry_housing_fund_records(ctx, key, &rows));
	json_out_array(out);
	for (size_t i = 0; i < rows.len; i++) {
		json_out_object(out);
		json_out_member(out, SV("on"), civil_day_text(rows.at[i].on_day, day));
		json_out_member(out, SV("summary"), rows.at[i].summary);
		json_out_member_i64(out, SV("amount"), rows.at[i].amount);
		json_out_member_i64(out, SV("balance_after"), rows.at[i].balance_after);
		json_out_object_end(out);
	}
	json_out_array_end(out);
	return RC_OK;
}

static enum rc housing_fund_put_list(struct ctx *ctx, struct sv key, const struct json *list)
{
	int64_t position = 0;

	TRY(sql_registry_housing_fund_records_clear(ctx, key));
	for (const struct json *v = json_first(list); v; v = json_next(list, v), position++) {
		struct sql_registry_housing_fund_record_add_params entry = { .id_number = key, .position = position };
		entry.summary = json_string(json_get(v, SV("summary")));
		if (position >= REGISTRY_MAX_LIST || sv_is_absent(entry.summary)
			|| !civil_parse_day(json_string(json_get(v, SV("on"))), &entry.on_day)
			|| !json_i64(json_get(v, SV("amount")), &entry.amount)
			|| !json_i64(json_get(v, SV("balance_after")), &entry.balance_after))
			return fail_field(ctx, SV("records"),
				N_("Give each entry on, summary, amount and balance_after; at most 1,000 entries."), NULL);
		TRY(sql_registry_housing_fund_record_add(ctx, &entry));
	}
	return RC_OK;
}

static const struct registry_column population_columns[] = {
	POPULATION_COLUMNS(COLUMN)
};
static const struct registry_column legal_person_columns[] = {
	LEGAL_PERSON_COLUMNS(COLUMN)
};
static const struct registry_column address_columns[] = {
	ADDRESS_COLUMNS(COLUMN)
};
static const struct registry_column housing_fund_columns[] = {
	HOUSING_FUND_COLUMNS(COLUMN)
	{ "records", REGISTRY_LIST, 0, 0 },
};
static const struct registry_column social_insurance_columns[] = {
	SOCIAL_INSURANCE_COLUMNS(COLUMN)
};

#define COLUMNS(array) .columns = (array), .count = sizeof(array) / sizeof((array)[0])

const struct registry_table registry_tables[] = {
	{ .name = "population", COLUMNS(population_columns), .find = population_find, .put = population_put },
	{ .name = "legal_person", COLUMNS(legal_person_columns), .find = legal_person_find, .put = legal_person_put },
	{ .name = "address", COLUMNS(address_columns), .find = address_find, .put = address_put },
	{ .name = "housing_fund", COLUMNS(housing_fund_columns), .find = housing_fund_find, .put = housing_fund_put,
		.find_list = housing_fund_find_list, .put_list = housing_fund_put_list },
	{ .name = "social_insurance", COLUMNS(social_insurance_columns), .find = social_insurance_find, .put = social_insurance_put },
};
const size_t registry_table_count = sizeof(registry_tables) / sizeof(registry_tables[0]);

const struct registry_table *registry_table_find(struct sv name)
{
	for (size_t i = 0; i < registry_table_count; i++)
		if (sv_equal_z(name, registry_tables[i].name))
			return &registry_tables[i];
	return NULL;
}

const struct registry_column *registry_column_find(const struct registry_table *table, struct sv name)
{
	assert(table);
	for (size_t i = 0; i < table->count; i++)
		if (sv_equal_z(name, table->columns[i].name))
			return &table->columns[i];
	return NULL;
}
