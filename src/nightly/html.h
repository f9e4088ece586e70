/* html.h - pages of a report: text from outside goes in by html_text() alone. */
#ifndef NIGHTLY_HTML_H
#define NIGHTLY_HTML_H

#include "base/buf.h"
#include "nightly/result.h"

/* Escaped for elements and attributes; control bytes and what is invisible made visible. */
void html_text(struct buf *b, struct str text);
/* The lines of a build log, each kind in its own look; colours of terminals are left out. */
void html_log(struct buf *b, struct str log);
/* <span class="state failed">failed</span> */
void html_state(struct buf *b, enum night_state s);
/* up: "" for the index, "../" for a page of a package. */
void html_begin(struct buf *b, const char *up, struct str title);
void html_end(struct buf *b);
/* "24 November 2026, 10:21 UTC"; "2 h 3 min". */
void html_time(struct buf *b, int64_t time);
void html_duration(struct buf *b, long ms);
/* "3 packages", "1 package" */
void html_count(struct buf *b, size_t n, const char *one, const char *many);
/* A link to a package's page, where it has one. */
void html_package(struct buf *b, const struct night_result *night, const char *up, struct str name,
		  struct str version);

extern const char html_css[];

/* A night and those before it, newest first. */
struct report_pages {
	const struct root *root;
	struct arena *a;
	struct night_result *nights;
	size_t count;
};
/* report_page.c: the page of one package. */
int report_page(const struct report_pages *r, const struct night_row *row, struct str *out, struct err *e);

#endif
