/* The languages of this program, made at build time by tools/pogen: English, in which messages are written, and one for
 * each PO file in po/. */
#ifndef BASE_LOCALES_H
#define BASE_LOCALES_H

#include "base/locale.h"

extern const struct locale locale_zh, locale_en;
/* All of them, in the order of a menu; NULL at the end. */
extern const struct locale *const locales[];

#endif
