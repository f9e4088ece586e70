/* progress.c - what the lower floors report, as lines on stderr. */
#include <string.h>

#include "base/vec.h"
#include "cli/out.h"

static void
keep_warning(struct ctx *c, const struct report_event *event)
{
	struct opam_strings *w = &c->warnings;

	if (w->n == c->warning_room)
		w->v = vec_grow(c->a, w->v, w->n, &c->warning_room, sizeof(*w->v));
	w->v[w->n++] = event->package.n
			       ? str_printf(c->a, "%.*s: %.*s", STR_ARG(event->package), STR_ARG(event->text))
			       : str_dup(c->a, event->text);
}

void
out_report(void *ctx, const struct report_event *event)
{
	static const struct {
		const char *label;
		bool verbose;  /* shown with -v only */
		bool progress; /* not shown with --progress=none */
	} kinds[] = {
		[REPORT_NOTE] = {"note", false, false},     [REPORT_WARN] = {"warning", false, false},
		[REPORT_WAIT] = {"waiting", false, false},  [REPORT_FETCH] = {"fetching", false, true},
		[REPORT_FETCHED] = {"fetched", true, true}, [REPORT_BUILD] = {"building", false, true},
		[REPORT_PHASE] = {"running", true, true},   [REPORT_BUILT] = {"built", false, true},
		[REPORT_REUSED] = {"reused", false, true},  [REPORT_FAILED] = {"failed", false, false},
		[REPORT_COMMIT] = {"ledger", true, true},
	};
	struct ctx *c = ctx;
	const char *package = out_safe(c, event->package), *text = out_safe(c, event->text);

	if (event->kind == REPORT_WARN)
		keep_warning(c, event);
	if (kinds[event->kind].verbose && !c->global.verbose)
		return;
	if (kinds[event->kind].progress && c->global.progress && strcmp(c->global.progress, "none") == 0)
		return;
	if (event->kind == REPORT_WARN)
		out_message(c, "pkg: %s %s%s%s\n", out_label(c, LABEL_WARNING), package, *package ? ": " : "",
			    text);
	else if (event->kind == REPORT_BUILT)
		out_message(c, "%-9s %s (%ld.%ld s)\n", kinds[event->kind].label, package, event->ms / 1000,
			    event->ms / 100 % 10);
	else
		out_message(c, "%-9s %s%s%s\n", kinds[event->kind].label, package,
			    *package && *text ? ": " : "", text);
}
