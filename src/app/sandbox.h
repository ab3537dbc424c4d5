/* Giving up rights that are not needed: Landlock for files, seccomp for system calls. What this kernel cannot do is said in
 * the log and gone without. */
#ifndef APP_SANDBOX_H
#define APP_SANDBOX_H

#include "base/site.h"

/* The program, before its threads start: it writes below its data directory only, reads the system's files (and the source
 * tree in live mode), starts no other program, traces, mounts and loads nothing. */
void sandbox_program(const struct site *site);
/* The key holder: reads and writes its folder; no network, no other process. */
void sandbox_holder(const char *folder);

#endif
