/* The sample city: `tongban city build DIR [--from DIR] [--cases N]`.
 *
 * Makes a data directory with everything a city has: departments, posts and officers, base registers of 20,000 people and
 * 3,000 firms, sign-ins, the services of --from/services, and the history of N cases (30,000) over the two years before
 * today; a shorter history has a smaller city. The history goes through the same functions as the pages do, on a virtual
 * clock, so that lists, statistics, licences
 * and the ledger are what they would be. The same seed makes the same city; only keys and ids differ.
 *
 * Everything is synthetic: region codes 990000 and 98xxxx belong to no place, names have 示 in them.
 */
#ifndef APP_CITY_H
#define APP_CITY_H

#include "app/app.h"
#include "base/json.h"
#include "domain/identity/identity.h"
#include "store/outbox.h"

enum rc city_command(struct app *app, int argc, char **argv);

/* --- between the files of the city --- */

enum { CITY_PEOPLE = 20000, CITY_FIRMS = 3000, CITY_CASES = 30000, CITY_DAYS = 730 };

enum city_trade { CITY_TRADE_OTHER, CITY_TRADE_FOOD, CITY_TRADE_BUILDING };

struct city_person {
	struct id party, account;       /* account: zero until the person applies for something */
	struct sv id_number, name, phone, ethnicity, address, household, employer;
	int64_t birth_day, here_since;  /* here_since: 0 = stay not registered */
	bool is_female, is_from_elsewhere, is_insured, has_fund, is_student;
	const char *home;               /* owned, leased, dormitory, relative, none */
};

struct city_firm {
	struct id party;
	struct sv credit_code, name, address;
	uint32_t representative;        /* index of a person */
	bool is_represented;            /* her account may act for it */
	enum city_trade trade;
};

struct city {
	struct app *app;
	struct ctx *ctx;
	struct sv from;                 /* has city/ and services/ */
	const struct locale *terminal;  /* of what is said while it is built */
	const struct json *words;       /* city/words.yaml */
	struct random dice;             /* of the data; ids and keys are truly random */
	int64_t begin, now;             /* ms: of the history, and of the beginning of today */
	const struct store_subscribers *subscribers;
	struct sv password_hash;
	struct city_person *people;
	struct city_firm *firms;
	struct principal *officers;
	size_t person_count, firm_count, officer_count, case_count;
	struct {
		int64_t total, done, shown;
		const char *what;
		bool is_terminal;
	} progress;
};

uint64_t city_below(struct city *city, uint64_t bound);
/* true in `percent` of 100. */
bool city_chance(struct city *city, unsigned percent);
/* A text of a list in the words, at random. */
struct sv city_word(struct city *city, const char *path);
struct sv city_day_text(struct city *city, int64_t day);
/* A bar on a terminal, else a line at each quarter; `what` is an msgid. */
void city_progress(struct city *city, const char *what, int64_t done, int64_t total);
/* Gives what stands in the outbox to its subscribers, at the virtual time. */
[[nodiscard]] enum rc city_deliver(struct city *city);
/* Commits and begins anew, with the ledger integrated and the outbox empty. */
[[nodiscard]] enum rc city_commit(struct city *city);

/* city_people.c: people, firms, addresses and their register rows. */
[[nodiscard]] enum rc city_populate(struct city *city);
/* The sign-ins of city/accounts.yaml, with the register rows that let every branch of the services be tried. */
[[nodiscard]] enum rc city_sample_accounts(struct city *city, const struct json *accounts);

enum city_service { CITY_RESIDENCE, CITY_FOOD, CITY_CONSTRUCTION, CITY_FUND };
struct sv city_service_code(enum city_service service);

/* city_filing.c: what an applicant of a service would file. */
struct drive_filing;
[[nodiscard]] enum rc city_filing(struct city *city, enum city_service service, struct drive_filing *ret);

/* city_history.c */
[[nodiscard]] enum rc city_history(struct city *city);

#endif
