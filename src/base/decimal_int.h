/* Intel's decimal128 library with arguments by value and the rounding given at each call; see decimal.h. */
#ifndef BASE_DECIMAL_INT_H
#define BASE_DECIMAL_INT_H

#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#pragma GCC diagnostic ignored "-Wundef"
#include <bid_conf.h>
#include <bid_functions.h>
#pragma GCC diagnostic pop

#endif
