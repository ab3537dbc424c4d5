/* How often a department's system may call, by minutes of the clock. */
#include "base/civil.h"
#include "http/server_int.h"

#include "base/banned.h"

bool rate_allow(struct rate *rate, struct id who, int64_t now, int64_t limit)
{
	size_t first = sv_hash((struct sv){ (const char *)who.bytes, sizeof(who.bytes) }) % RATE_SLOTS, place = first;
	int64_t minute = now / MINUTE_MS;
	bool known = false;

	pthread_mutex_lock(&rate->lock);
	for (size_t i = 0; i < RATE_TRIES && !known; i++) {
		size_t at = (first + i) % RATE_SLOTS;
		known = id_equal(rate->slots[at].who, who);
		if (known || (rate->slots[at].minute != minute && rate->slots[place].minute == minute))
			place = at;
	}
	if (!known || rate->slots[place].minute != minute) {
		rate->slots[place].who = who;
		rate->slots[place].minute = minute;
		rate->slots[place].count = 0;
	}
	bool allowed = rate->slots[place].count < limit;
	rate->slots[place].count += allowed;
	pthread_mutex_unlock(&rate->lock);
	return allowed;
}
