/* System and virtual time; see clock.h. */
#include "base/clock.h"

#include <assert.h>
#include <time.h>

#include "base/banned.h"

int64_t clock_now(const struct clock *clock)
{
	struct timespec now;

	if (clock->virtual_ms != INT64_MIN)
		return clock->virtual_ms;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 + clock->offset_ms;
}

void clock_advance(struct clock *clock, int64_t ms)
{
	assert(ms >= 0);
	if (clock->virtual_ms != INT64_MIN)
		clock->virtual_ms += ms;
	else
		clock->offset_ms += ms;
}

static int64_t nanoseconds(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clock_monotonic_ns(void)
{
	return nanoseconds(CLOCK_MONOTONIC);
}

int64_t clock_thread_ns(void)
{
	return nanoseconds(CLOCK_THREAD_CPUTIME_ID);
}
