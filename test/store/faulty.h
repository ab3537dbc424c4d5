/* A file system for SQLite that fails on request: the Nth write or sync of the program, once or from then on. Becomes
 * SQLite's default; the files are real. */
#ifndef TEST_STORE_FAULTY_H
#define TEST_STORE_FAULTY_H

#include <stdbool.h>

enum faulty_kind { FAULTY_IO, FAULTY_FULL };

/* real_syncs: syncs go to the disk (a benchmark); else they are counted only, because here faults are what matters. */
void faulty_install(bool real_syncs);
/* The n-th operation from now on fails (0 = none); `forever`: and all behind it. */
void faulty_set(enum faulty_kind kind, unsigned n, bool forever);
/* Has it happened? */
bool faulty_fired(void);
/* Syncs since the last call. */
unsigned faulty_syncs(void);

#endif
