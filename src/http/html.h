/* Pages: what a template compiled by tools/htmlgen needs at run time, and what the rest of the product needs of it.
 *
 * A template declares a view: one C struct of plain data (`struct html_casefile_show`) and one table entry
 * (`html_casefile_show_view`). A page handler fills the struct and hands both to the response; the response renders
 * HTML into the layout, or the same struct as a JSON document. The struct's texts are unescaped; escaping is the
 * template's. Everything a view points to must live as long as the request's arena.
 *
 * C types of template types: text, url, decimal `struct sv` (absent = not there); int, day (base/civil.h), time (ms),
 * money (fen) `int64_t`; bool; id `struct id`; html_safe; `list` {at, len}; `object` inline. With `?`: numbers become
 * `struct html_optional`, an object a pointer that may be NULL.
 */
#ifndef HTTP_HTML_H
#define HTTP_HTML_H

#include "base/buf.h"
#include "base/ctx.h"

enum { HTML_MAX_PAGE = 8 << 20 }; /* bytes of one rendered page or document */

enum html_type {
	HTML_TEXT, HTML_URL, HTML_DECIMAL, HTML_INT, HTML_BOOL, HTML_DAY, HTML_TIME, HTML_MONEY, HTML_ID, HTML_SAFE,
	HTML_LIST, HTML_OBJECT,
};

struct html_optional {
	bool is_set;
	int64_t value;
};
#define HTML_SOME(number) ((struct html_optional){ .is_set = true, .value = (number) })

/* Markup that is known to be harmless. Only http/html.c makes one. */
struct html_safe {
	struct sv made_by_html_c;
};
/* CommonMark in safe mode: raw HTML and dangerous links are dropped. Headings start at h2. */
struct html_safe html_safe_markdown(struct ctx *ctx, struct sv markdown);

/* Shapes that templates know by name (`errors: list problem`), each with its list. */
struct html_link { /* link */
	struct sv href, label;
	bool current;
};
struct html_links { const struct html_link *at; size_t len; };
struct html_option { /* option: of a select, radio group or checkbox group */
	struct sv value, label, hint;
	bool selected;
};
struct html_options { const struct html_option *at; size_t len; };
struct html_problem { /* problem: one entry of an error summary */
	struct sv href; /* "#field-NAME", or absent */
	struct sv field, message;
	struct sv label; /* what the page calls the field, or absent */
};
struct html_problems { const struct html_problem *at; size_t len; };
struct html_row { /* row: of a summary list */
	struct sv key, value, href; /* href: where to change it, or absent */
	bool heading;               /* of the rows below it: no value of its own */
};
struct html_rows { const struct html_row *at; size_t len; };
struct html_event { /* event: of a timeline, newest first */
	int64_t at;
	struct sv title, who, body, href;
	struct sv seal; /* "recorded", "sealed" or empty */
};
struct html_events { const struct html_event *at; size_t len; };
struct html_field { /* field: one input of a form, by kind */
	struct sv kind; /* text, number, money, textarea, select, radios, checkboxes, date, file */
	struct sv name, label, hint, value, error;
	struct html_options options;
	bool required;
};
struct html_fields { const struct html_field *at; size_t len; };

/* How rules came to their result: in words, what went in, and tables in which the rule that holds stands out. */
struct html_texts { const struct sv *at; size_t len; };
struct html_fact { /* fact: a value that went in; `source` says where it came from, or is absent */
	struct sv label, value, source;
};
struct html_facts { const struct html_fact *at; size_t len; };
struct html_cell { /* cell: of a table; mark: "fails" or absent */
	struct sv text, mark;
};
struct html_cells { const struct html_cell *at; size_t len; };
struct html_line { /* line: of a table; mark: "holds" or absent */
	struct sv name, mark;
	struct html_cells cells;
};
struct html_lines { const struct html_line *at; size_t len; };
struct html_grid { /* grid: columns with the value each was tested against, and lines; `more` lines are left out */
	struct sv caption;
	struct html_facts columns;
	struct html_lines lines;
	int64_t more;
};
struct html_grids { const struct html_grid *at; size_t len; };
struct html_ruling { /* ruling */
	struct sv id;                     /* of its place in the page */
	struct sv title, sentence;
	struct sv reason, basis;          /* why there is no result; the law behind it; or absent */
	int64_t at;
	struct html_texts changes;        /* what would change it, a sentence each */
	struct html_facts facts;
	struct html_grids grids;
	struct sv model, sha256, record;  /* name and hash of the rules; address of the record; absent without one */
	struct sv more;                   /* address of inputs and rules; absent where they are shown */
	struct sv receipt;                /* address */
	int64_t version;                  /* of the service */
};
struct html_rulings { const struct html_ruling *at; size_t len; };

/* The problem of ctx->err as an error summary; empty when there is none. The message of one field, or absent. */
struct html_problems html_problems_of(struct ctx *ctx, const struct error *err);
struct sv html_problem_of(struct html_problems problems, struct sv field);

/* What the layout needs of every page; filled by http/response.c. In templates: {{page.csrf}}. */
struct html_page {
	struct sv lang, other_lang;       /* BCP 47 */
	struct sv language_href;          /* this page in the other language */
	struct sv other_language;         /* its own name for itself */
	struct sv mode_href;              /* switches elder mode on and off, back to this page */
	struct sv path;                   /* of the request */
	struct sv csrf;                   /* put into every post form by the generator, field "csrf" */
	struct sv form_key;               /* fresh for each page, field "idempotency_key": a form sent twice acts once */
	struct sv city;
	struct sv name;                   /* of who is signed in; absent for nobody */
	struct sv acting_for;             /* the firm that person acts for; absent when for nobody else */
	struct sv flash;                  /* message of the act just done; absent if none */
	bool elder, officer, sample;
	struct html_links nav;
	const struct html_asset *assets;  /* sorted by name */
	size_t asset_count;
};

/* One embedded file of web/: {{asset "app.css"}} gives its address. */
struct html_asset {
	const char *name;                 /* "app.css" */
	const char *path;                 /* "/assets/app-3f2a90c1d4.css": content-hashed, may be cached for ever */
	const char *type;                 /* media type */
	struct sv plain, gzip, brotli;    /* compressed forms absent where they do not help */
};
/* By path; NULL if there is none. */
const struct html_asset *html_asset_by_path(const struct html_asset *assets, size_t count, struct sv path);

/* Descriptors, for the JSON twin, the live interpreter and the API document. */
struct html_member {
	const char *name;
	enum html_type type;
	bool optional;
	uint32_t offset;
	enum html_type element;           /* of a list; HTML_OBJECT: see shape */
	const struct html_shape *shape;   /* of objects and lists of objects */
};
struct html_shape {
	const char *name;
	uint32_t size;
	const struct html_member *members;
	size_t count;
};

struct html_out {
	struct buf *buf;
	const struct ctx *ctx;
	const struct html_page *page;
};

struct html_view {
	const char *name;                 /* "casefile_show" */
	const char *file;                 /* from the source root; read again in live mode */
	const struct html_shape *shape;   /* of struct html_NAME */
	void (*render)(struct html_out *out, const void *view);
};

/* Renders `data` (the view's struct) into buf. RC_TOO_LARGE when it does not fit; in live mode also the template's
 * own faults, with file and line. */
[[nodiscard]] enum rc html_render(struct ctx *ctx, const struct html_page *page, const struct html_view *view,
	const void *data, struct buf *buf);
/* The JSON twin: members in declared order; days and times as RFC 3339, money as fen, absent as null. */
[[nodiscard]] enum rc html_render_json(struct ctx *ctx, const struct html_view *view, const void *data, struct buf *buf);

#endif
