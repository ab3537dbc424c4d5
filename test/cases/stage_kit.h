/* For tests of the rooms that cases go through: the city's registers, purposes and departments, its calendar of 2026, and services
 * published from the folders shipped. Everything lives as long as the kit. */
#ifndef TEST_CASES_STAGE_KIT_H
#define TEST_CASES_STAGE_KIT_H

#include "base/site.h"
#include "test/kit/kit.h"

/* A file of the source tree. */
struct sv stage_source(struct kit *kit, const char *path);
/* Fills *site, which the kit's ctx then has; the ctx acts as the system. */
void stage_set(struct kit *kit, struct site *site);
/* Publishes services/NAME. */
void stage_publish(struct kit *kit, const char *name);

#endif
