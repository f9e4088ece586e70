/* report_page.c - the page of one package: what became of it, what it stands on, its log. */
#include "base/gz.h"
#include "nightly/html.h"

enum { LOG_MAX = 256 << 20, LOG_SHOWN = 512 << 10 };

/* "zlib" of "zlib.1.3.1": names hold no dot. */
static struct str
name_in(struct str full, struct str *version)
{
	struct str name;

	*version = full;
	str_cut(version, '.', &name);
	return name;
}

static void
put_head(struct buf *b, const struct report_pages *r, const struct night_row *row)
{
	buf_adds(b, "<header>\n<p class=\"kind\"><a href=\"../index.html\">night ");
	html_text(b, r->nights[0].name);
	buf_adds(b, "</a> &middot; ");
	html_time(b, r->nights[0].time);
	buf_adds(b, "</p>\n<h1>");
	html_text(b, row->name);
	buf_adds(b, " <span class=\"version\">");
	html_text(b, row->version);
	buf_adds(b, "</span></h1>\n<p class=\"when\">");
	html_state(b, row->fate.state);
	buf_printf(b, " %s</p>\n</header>\n<main>\n", night_state_meaning(row->fate.state));
}

static void
put_reason(struct buf *b, const struct report_pages *r, const struct night_row *row)
{
	const struct night_fate *f = &row->fate;

	if (!f->reason.n)
		return;
	buf_printf(b, "<section class=\"reason %s\">\n<p>", night_state_text(f->state));
	html_text(b, f->reason);
	buf_adds(b, "</p>\n");
	if (f->detail.n) {
		buf_adds(b, "<pre>");
		html_text(b, f->detail);
		buf_adds(b, "</pre>\n");
	}
	if (f->culprits.n) {
		buf_adds(b, "<ul class=\"names\">\n");
		for (size_t i = 0; i < f->culprits.n; i++) {
			struct str version, name = name_in(f->culprits.v[i], &version);

			buf_adds(b, "<li>");
			html_package(b, &r->nights[0], "../", name, version);
			buf_adds(b, "</li>\n");
		}
		buf_adds(b, "</ul>\n");
	}
	buf_adds(b, "</section>\n");
}

static void
put_history(struct buf *b, const struct report_pages *r, const struct night_row *row)
{
	if (r->count < 2)
		return;
	buf_adds(b, "<section>\n<h2>The last nights</h2>\n<ol class=\"dots\">\n");
	for (size_t i = r->count; i-- > 0;) {
		const struct night_row *old = night_row(&r->nights[i], row->name);

		buf_printf(b, "<li class=\"%s\" title=\"",
			   old ? night_state_text(old->fate.state) : "absent");
		html_time(b, r->nights[i].time);
		buf_adds(b, ": ");
		if (old)
			html_text(b, old->version);
		buf_printf(b, " %s\"><span>%s</span></li>\n",
			   old ? night_state_text(old->fate.state) : "not in it",
			   old ? night_state_text(old->fate.state) : "absent");
	}
	buf_adds(b, "</ol>\n</section>\n");
}

static void
put_name(struct buf *b, const struct report_pages *r, struct str name, struct str version)
{
	const struct night_row *row = night_row(&r->nights[0], name);

	buf_adds(b, "<li>");
	if (row)
		buf_printf(b, "<i class=\"dot %s\" title=\"%s\"></i>", night_state_text(row->fate.state),
			   night_state_text(row->fate.state));
	html_package(b, &r->nights[0], "../", name, version);
	buf_adds(b, "</li>\n");
}

static void
put_dependencies(struct buf *b, const struct report_pages *r, const struct night_row *row)
{
	const struct night_result *n = &r->nights[0];
	size_t users = 0;

	buf_adds(b, "<section class=\"two\">\n<div>\n<h2>Needs</h2>\n");
	if (!row->deps.n)
		buf_printf(b, "<p class=\"quiet\">%s</p>\n",
			   row->input_id.n || row->fate.state != NIGHT_UNINSTALLABLE
				   ? "Nothing but the base image."
				   : "Unknown: there is no plan for it.");
	buf_adds(b, row->deps.n ? "<ul class=\"names\">\n" : "");
	for (size_t i = 0; i < row->deps.n; i++) {
		struct str version, name = name_in(row->deps.v[i], &version);

		put_name(b, r, name, version);
	}
	buf_adds(b, row->deps.n ? "</ul>\n</div>\n<div>\n<h2>Needed by</h2>\n"
				: "</div>\n<div>\n<h2>Needed by</h2>\n");
	for (size_t i = 0; i < n->row_count; i++)
		for (size_t k = 0; k < n->rows[i].deps.n; k++) {
			struct str version;

			if (!str_eq(name_in(n->rows[i].deps.v[k], &version), row->name))
				continue;
			buf_adds(b, users++ ? "" : "<ul class=\"names\">\n");
			put_name(b, r, n->rows[i].name, n->rows[i].version);
			break;
		}
	buf_adds(b, users ? "</ul>\n" : "<p class=\"quiet\">No package of this night.</p>\n");
	buf_adds(b, "</div>\n</section>\n");
}

static void
put_ids(struct buf *b, const struct night_row *row)
{
	const struct {
		const char *name;
		struct str value;
	} ids[] = {{"Input id", row->input_id},
		   {"Build key", row->key},
		   {"Step", row->fate.step},
		   {"Command", row->fate.command}};

	if (!row->input_id.n)
		return;
	buf_adds(b, "<section>\n<h2>Identity</h2>\n<dl class=\"facts wide\">\n");
	for (size_t i = 0; i < COUNT_OF(ids); i++) {
		if (!ids[i].value.n)
			continue;
		buf_printf(b, "<div><dt>%s</dt><dd><code>", ids[i].name);
		html_text(b, ids[i].value);
		buf_adds(b, "</code></dd></div>\n");
	}
	buf_adds(b, "</dl>\n</section>\n");
}

static int
put_log(struct buf *b, const struct report_pages *r, const struct night_row *row, struct err *e)
{
	const char *path = arena_printf(r->a, "log/" STR_FMT ".gz", STR_ARG(row->key));
	struct str log;

	buf_adds(b, "<section>\n<h2>Log</h2>\n");
	if (!row->key.n || !fs_exists(r->root->fd, path)) {
		buf_adds(b, "<p class=\"quiet\">It was not built, so there is none.</p>\n</section>\n");
		return 0;
	}
	if (gz_read(r->a, r->root->fd, path, LOG_MAX, &log, e) < 0)
		return -1;
	if (log.n > LOG_SHOWN) {
		buf_printf(b, "<p class=\"quiet\">The last %d KiB; <code>pkg nightly log ", LOG_SHOWN >> 10);
		html_text(b, row->name);
		buf_adds(b, "</code> has all of it.</p>\n");
		log = str_sub(log, log.n - LOG_SHOWN, LOG_SHOWN);
		log = str_sub(log, (size_t)(str_chr(log, '\n') + 1), log.n);
	}
	buf_adds(b, "<pre class=\"log\">");
	html_log(b, log);
	buf_adds(b, "</pre>\n</section>\n");
	return 0;
}

int
report_page(const struct report_pages *r, const struct night_row *row, struct str *out, struct err *e)
{
	struct buf b = buf_new(r->a);

	html_begin(&b, "../",
		   str_printf(r->a, STR_FMT " " STR_FMT, STR_ARG(row->name), STR_ARG(row->version)));
	put_head(&b, r, row);
	put_reason(&b, r, row);
	put_dependencies(&b, r, row);
	put_history(&b, r, row);
	if (put_log(&b, r, row, e) < 0)
		return -1;
	put_ids(&b, row);
	buf_adds(&b, "</main>\n");
	html_end(&b);
	*out = buf_str(&b);
	return 0;
}
