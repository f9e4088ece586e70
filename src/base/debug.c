#include "base/debug.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/term.h"

static const struct {
	const char *name;
	enum debug_section section;
} sections[] = {
	{"store", DEBUG_STORE}, {"fetch", DEBUG_FETCH},   {"solver", DEBUG_SOLVER},
	{"build", DEBUG_BUILD}, {"switch", DEBUG_SWITCH},
};

static unsigned enabled;

static unsigned
section_of(struct str name)
{
	unsigned all = 0;

	for (size_t i = 0; i < COUNT_OF(sections); i++) {
		if (str_is(name, sections[i].name))
			return sections[i].section;
		all |= sections[i].section;
	}
	return str_is(name, "all") ? all : 0;
}

bool
debug_enable(const char *names)
{
	struct str rest = str_of(names), name;
	unsigned wanted = 0;

	while (str_cut(&rest, ',', &name)) {
		unsigned section = section_of(name);

		if (!section)
			return false;
		wanted |= section;
	}
	enabled |= wanted;
	return true;
}

static const char *
name_of(enum debug_section section)
{
	for (size_t i = 0; i < COUNT_OF(sections); i++)
		if (sections[i].section == section)
			return sections[i].name;
	return "debug";
}

void
debug(enum debug_section section, const char *fmt, ...)
{
	struct arena a = {0};
	struct timespec now;
	char text[4096];
	struct str safe;
	va_list args;

	if (!(enabled & section))
		return;
	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	safe = term_safe(&a, str_of(text), false);
	clock_gettime(CLOCK_MONOTONIC, &now);
	/* One call, so that lines of several processes do not mix. */
	fprintf(stderr, "%s: %ld.%03ld " STR_FMT "\n", name_of(section), (long)now.tv_sec,
		now.tv_nsec / 1000000, STR_ARG(safe));
	arena_free(&a);
}
