/* Where time comes from: the system, or a virtual clock that tests, replays and the sample city move by hand.
 * Times are int64 milliseconds since 1970-01-01T00:00:00Z. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

struct clock {
	int64_t virtual_ms; /* INT64_MIN = the system clock */
	int64_t offset_ms;  /* added to the system clock */
};

/* The system clock. */
#define CLOCK_SYSTEM ((struct clock){ .virtual_ms = INT64_MIN })

static inline struct clock clock_virtual(int64_t ms)
{
	return (struct clock){ .virtual_ms = ms };
}

int64_t clock_now(const struct clock *clock);
/* Moves a virtual clock forward, or shifts the system clock for this object; ms >= 0. */
void clock_advance(struct clock *clock, int64_t ms);
/* Monotonic nanoseconds, for measuring only. */
int64_t clock_monotonic_ns(void);
/* Nanoseconds of processor time that this thread has used: what else runs on the machine does not count. */
int64_t clock_thread_ns(void);

#endif
