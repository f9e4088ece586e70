#include "base/report.h"

#include <stdarg.h>
#include <stdio.h>

void
report_event(const struct report *r, const struct report_event *event)
{
	if (r && r->event)
		r->event(r->ctx, event);
}

void
report_text(const struct report *r, enum report_kind kind, struct str package, const char *fmt, ...)
{
	char text[2048];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	report_event(r, &(struct report_event){.kind = kind, .package = package, .text = str_of(text)});
}
