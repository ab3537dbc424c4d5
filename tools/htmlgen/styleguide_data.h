/* Sample data for the page of all components: used by the program that shows it and by the test that compares compiled
 * and interpreted templates. Everything is in the ctx's arena. */
#ifndef TOOLS_STYLEGUIDE_DATA_H
#define TOOLS_STYLEGUIDE_DATA_H

#include "http/html.h"
#include "http/layout_html.h"

struct html_styleguide styleguide_view(struct ctx *ctx, bool zh);
/* Without assets. */
struct html_page styleguide_page(struct ctx *ctx, bool zh, bool elder);

#endif
