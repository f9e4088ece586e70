#include "cli/dry.h"

#include <stdarg.h>
#include <stdio.h>

#include "cli/out.h"

int
dry_would(struct ctx *c, const char *fmt, ...)
{
	va_list args, again;
	char *text;
	int n;

	va_start(args, fmt);
	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	text = arena_array(c->a, char, (size_t)n + 1);
	vsnprintf(text, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(args);
	json_key_bool(out_data(c), "dry_run", true);
	out("would %s\n", out_safe(c, str_of(text)));
	return 0;
}
