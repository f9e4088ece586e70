/* report.c - the index of the site: how the night went, what differs from the one before, and every
 * package in a table that radio buttons filter. */
#include <stdlib.h>

#include "nightly/html.h"

enum { NIGHTS = 12, LINE_SHOWN = 120 };

/* In this order people look at them. */
static const enum night_state order[] = {NIGHT_FAILED,  NIGHT_TIMEOUT,       NIGHT_FETCH, NIGHT_INFRA,
					 NIGHT_BLOCKED, NIGHT_UNINSTALLABLE, NIGHT_OK,    NIGHT_CACHED};

static size_t
good_of(const struct night_result *n)
{
	return n->counts[NIGHT_OK] + n->counts[NIGHT_CACHED];
}

static void
put_head(struct buf *b, const struct night_result *n)
{
	size_t good = good_of(n);

	buf_adds(b, "<header>\n<p class=\"kind\">pkg nightly</p>\n<h1>");
	html_text(b, n->name);
	buf_adds(b, "</h1>\n<p class=\"when\">");
	html_time(b, n->time);
	buf_adds(b, "</p>\n</header>\n<main>\n<section class=\"summary\">\n<p class=\"lead\">");
	if (good == n->row_count) {
		buf_adds(b, "<strong>All ");
		html_count(b, n->row_count, "package", "packages");
		buf_adds(b, "</strong> could be built.");
	} else {
		buf_printf(b, "<strong>%zu of ", good);
		html_count(b, n->row_count, "package", "packages");
		buf_adds(b, "</strong> could be built.");
	}
	buf_adds(b, "</p>\n<div class=\"bar\" aria-hidden=\"true\">");
	for (size_t i = COUNT_OF(order); i-- > 0;)
		if (n->counts[order[i]])
			buf_printf(b, "<i class=\"%s\" style=\"flex-grow:%zu\"></i>",
				   night_state_text(order[i]), n->counts[order[i]]);
	buf_adds(b, "</div>\n");
}

static void
put_fact(struct buf *b, const char *name, struct str value, struct str more)
{
	if (!value.n)
		return;
	buf_printf(b, "<div><dt>%s</dt><dd>", name);
	html_text(b, value);
	if (more.n) {
		buf_adds(b, " <code>");
		html_text(b, more);
		buf_adds(b, "</code>");
	}
	buf_adds(b, "</dd></div>\n");
}

static void
put_facts(struct arena *a, struct buf *b, const struct night_result *n)
{
	buf_adds(b, "<dl class=\"facts\">\n");
	put_fact(b, "Base image", n->base.n ? n->base : STR("unnamed"), str_sub(n->digest, 0, 19));
	put_fact(b, "Platform",
		 str_printf(a, STR_FMT " " STR_FMT, STR_ARG(n->distribution), STR_ARG(n->version)), STR(""));
	for (size_t i = 0; i < n->repo_count; i++)
		put_fact(b, "Repository", n->repos[i].name,
			 str_sub(oid_str(oid_is(&n->repos[i].upstream) ? &n->repos[i].upstream
								       : &n->repos[i].commit),
				 0, 12));
	if (!str_is(n->selection, "all"))
		put_fact(b, "Selection", n->selection, STR(""));
	buf_adds(b, "<div><dt>Took</dt><dd>");
	html_duration(b, n->cost.wall_ms);
	buf_adds(b, " <small>(");
	html_duration(b, n->cost.cpu_ms);
	buf_adds(b, " of CPU)</small></dd></div>\n");
	put_fact(b, "Commit", str_sub(oid_str(&n->commit), 0, 12), STR(""));
	buf_adds(b, "</dl>\n</section>\n");
}

/* --- nights before --- */

static void
put_nights(struct buf *b, const struct report_pages *r)
{
	if (r->count < 2)
		return;
	buf_adds(b, "<section>\n<h2>The last nights</h2>\n<ol class=\"nights\">\n");
	for (size_t i = r->count; i-- > 0;) {
		const struct night_result *n = &r->nights[i];

		buf_adds(b, "<li title=\"");
		html_time(b, n->time);
		buf_printf(b, ": %zu of %zu\"><span class=\"column\">", good_of(n), n->row_count);
		for (size_t k = 0; k < COUNT_OF(order); k++)
			if (n->counts[order[k]])
				buf_printf(b, "<i class=\"%s\" style=\"flex-grow:%zu\"></i>",
					   night_state_text(order[k]), n->counts[order[k]]);
		buf_printf(b, "</span><small>%zu/%zu</small></li>\n", good_of(n), n->row_count);
	}
	buf_adds(b, "</ol>\n</section>\n");
}

static void
put_difference(struct buf *b, const struct night_result *now, const struct night_difference *d)
{
	buf_adds(b, "<li>");
	html_package(b, now, "", d->name, d->now ? d->now->version : STR(""));
	buf_adds(b, " ");
	if (d->was)
		html_state(b, d->was->fate.state);
	if (d->was && d->now)
		buf_adds(b, " <span class=\"arrow\">&rarr;</span> ");
	if (d->now)
		html_state(b, d->now->fate.state);
	if (d->now && d->now->fate.reason.n) {
		buf_adds(b, " <span class=\"why\">");
		html_text(b, d->now->fate.reason);
		buf_adds(b, "</span>");
	}
	buf_adds(b, "</li>\n");
}

static void
put_differences(struct buf *b, const struct report_pages *r)
{
	static const char *const titles[] = {[DIFF_BROKEN] = "Broken since the night before",
					     [DIFF_MENDED] = "Mended",
					     [DIFF_CHANGED] = "Changed",
					     [DIFF_NEW] = "New",
					     [DIFF_GONE] = "Gone"};
	struct night_difference *v;
	size_t n;

	if (r->count < 2)
		return;
	night_diff(r->a, &r->nights[1], &r->nights[0], &v, &n);
	if (!n) {
		buf_adds(b, "<section>\n<h2>Since the night before</h2>\n<p class=\"quiet\">Nothing was "
			    "broken, and "
			    "nothing was mended.</p>\n</section>\n");
		return;
	}
	buf_adds(b, "<section class=\"differences\">\n");
	for (size_t i = 0; i < n; i++) {
		bool first = i == 0 || v[i - 1].kind != v[i].kind,
		     last = i + 1 == n || v[i + 1].kind != v[i].kind;

		if (first)
			buf_printf(b, "<h2>%s</h2>\n<ul>\n", titles[v[i].kind]);
		put_difference(b, &r->nights[0], &v[i]);
		if (last)
			buf_adds(b, "</ul>\n");
	}
	buf_adds(b, "</section>\n");
}

/* --- the table --- */

static void
put_filter(struct buf *b, const char *id, const char *text, size_t n, bool on)
{
	enum night_state s;

	buf_printf(b, "<input type=\"radio\" name=\"filter\" id=\"f-%s\"%s><label for=\"f-%s\">", id,
		   on ? " checked" : "", id);
	if (night_state_of(str_of(id), &s))
		buf_printf(b, "<i class=\"dot %s\"></i>", id);
	buf_printf(b, "%s <b>%zu</b></label>\n", text, n);
}

/* Of the first error lines the first: most say all that there is to say. */
static void
put_first_line(struct buf *b, struct str detail)
{
	struct str line;

	if (!str_cut(&detail, '\n', &line) || !line.n)
		return;
	buf_adds(b, "<br><code>");
	html_text(b, str_sub(line, 0, LINE_SHOWN));
	buf_adds(b, "</code>");
}

static void
put_row(struct buf *b, const struct night_result *night, const struct night_row *row)
{
	buf_printf(b, "<tr class=\"is-%s%s\"><td>", night_state_text(row->fate.state),
		   night_state_good(row->fate.state) ? "" : " is-bad");
	html_state(b, row->fate.state);
	buf_adds(b, "</td><th scope=\"row\">");
	html_package(b, night, "", row->name, STR(""));
	buf_adds(b, "</th><td class=\"version\">");
	html_text(b, row->version);
	buf_adds(b, "</td><td class=\"why\">");
	html_text(b, row->fate.reason);
	put_first_line(b, row->fate.detail);
	buf_adds(b, "</td></tr>\n");
}

static void
put_table(struct buf *b, const struct night_result *n)
{
	size_t bad = n->row_count - good_of(n);

	buf_adds(b, "<section class=\"packages\">\n<h2>Packages</h2>\n");
	put_filter(b, "all", "all", n->row_count, true);
	if (bad && good_of(n))
		put_filter(b, "bad", "not built", bad, false);
	for (size_t i = 0; i < COUNT_OF(order); i++)
		if (n->counts[order[i]])
			put_filter(b, night_state_text(order[i]), night_state_text(order[i]),
				   n->counts[order[i]], false);
	buf_adds(b,
		 "<div class=\"scroll\">\n<table>\n<thead><tr><th>State</th><th>Package</th><th>Version</th>"
		 "<th>Why</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < COUNT_OF(order); i++)
		for (size_t k = 0; k < n->row_count; k++)
			if (n->rows[k].fate.state == order[i])
				put_row(b, n, &n->rows[k]);
	buf_adds(b, "</tbody>\n</table>\n</div>\n</section>\n");
}

static void
put_legend(struct buf *b)
{
	buf_adds(b, "<section>\n<h2>What the states mean</h2>\n<dl class=\"legend\">\n");
	for (size_t i = 0; i < NIGHT_STATE_COUNT; i++) {
		buf_adds(b, "<div><dt>");
		html_state(b, (enum night_state)i);
		buf_printf(b, "</dt><dd>%s</dd></div>\n", night_state_meaning((enum night_state)i));
	}
	buf_adds(b, "</dl>\n</section>\n</main>\n");
}

/* --- the site --- */

static int
read_before(struct report_pages *r, struct err *e)
{
	while (r->count < NIGHTS && oid_is(&r->nights[r->count - 1].parent)) {
		struct night_result *n = &r->nights[r->count];

		if (night_read(r->root->store, r->a, r->nights[0].name, &r->nights[r->count - 1].parent, n,
			       e) < 0)
			return -1;
		r->count++;
	}
	return 0;
}

static int
write_page(int dir, const struct report_pages *r, const struct night_row *row, struct err *e)
{
	struct report_pages mine = *r;
	struct arena tmp = {0};
	struct str text;
	int rc;

	mine.a = &tmp;
	rc = report_page(&mine, row, &text, e);
	if (rc == 0)
		rc = fs_write(dir, arena_printf(&tmp, "p/" STR_FMT ".html", STR_ARG(row->name)), text, 0644,
			      false, e);
	arena_free(&tmp);
	return rc;
}

int
night_report(const struct root *root, struct arena *a, const struct night_result *now, const char *dir,
	     struct err *e)
{
	struct report_pages r = {root, a, arena_array(a, struct night_result, NIGHTS), 1};
	struct buf b = buf_new(a);
	AUTO_FD fd = -1;

	r.nights[0] = *now;
	if (read_before(&r, e) < 0 || fs_mkdirs(AT_FDCWD, dir, 0755, e) < 0)
		return -1;
	fd = fs_open_dir(AT_FDCWD, dir, e);
	if (fd < 0 || fs_mkdirs(fd, "p", 0755, e) < 0 ||
	    fs_write(fd, "style.css", str_of(html_css), 0644, false, e) < 0)
		return -1;
	html_begin(&b, "", str_printf(a, "night " STR_FMT, STR_ARG(now->name)));
	put_head(&b, now);
	put_facts(a, &b, now);
	put_differences(&b, &r);
	put_table(&b, now);
	put_nights(&b, &r);
	put_legend(&b);
	html_end(&b);
	if (fs_write(fd, "index.html", buf_str(&b), 0644, false, e) < 0)
		return -1;
	for (size_t i = 0; i < now->row_count; i++)
		if (write_page(fd, &r, &now->rows[i], e) < 0)
			return -1;
	return 0;
}
