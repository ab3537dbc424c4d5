/* Where this installation stands: set once at start from the command line and the data directory, read everywhere. */
#ifndef BASE_SITE_H
#define BASE_SITE_H

#include "base/seal.h"

struct limit_calendar; /* engine/clock */
struct signer; /* engine/tlog: signs checkpoints, or NULL in read-only commands */

struct site {
	struct sv data_dir;   /* absolute */
	struct sv public_url; /* without a slash at the end, e.g. "http://127.0.0.1:8080" */
	struct sv origin;     /* of the ledger's checkpoints, e.g. "tongban.example/ledger" */
	struct sv city_zh, city_en;
	struct signer *signer;
	const struct limit_calendar *calendar; /* working days; NULL in commands that need none */
	struct seal_key seal_master; /* data_dir/keys/master: wraps the department keys */
	int64_t calls_a_minute; /* of one department's system, on this node */
	bool live;            /* templates are read from the source tree */
	bool sample;          /* the data are synthetic: pages say so at the foot */
};

#endif
