/* Traces. */
#include "base/debug.h"

#include <stdlib.h>
#include <unistd.h>

#include "../tap.h"

/* What a call writes to stderr. */
static const char *
traced(enum debug_section section, const char *word)
{
	static char text[8192];
	int saved = dup(2), ends[2];
	ssize_t n;

	if (pipe(ends) < 0)
		exit(1);
	dup2(ends[1], 2);
	close(ends[1]);
	debug(section, "word %s", word);
	dup2(saved, 2);
	close(saved);
	n = read(ends[0], text, sizeof(text) - 1);
	close(ends[0]);
	text[n > 0 ? n : 0] = '\0';
	return text;
}

int
main(void)
{
	char *long_word = calloc(1, 6001);

	memset(long_word, 'x', 6000);
	EQ_STR(traced(DEBUG_FETCH, "x"), "", "silent at first");
	OK(!debug_enable("fetch,nope"), "an unknown section is refused");
	EQ_STR(traced(DEBUG_FETCH, "x"), "", "and turns nothing on");
	OK(debug_enable("fetch"), "one section");
	OK(strncmp(traced(DEBUG_FETCH, "a"), "fetch: ", 7) == 0, "is traced by name");
	OK(strstr(traced(DEBUG_FETCH, "a\x1b[0m\nb"), " word a\\x1b[0m\\x0ab\n") != NULL,
	   "harmless and on one line");
	EQ_STR(traced(DEBUG_STORE, "x"), "", "others are not");
	OK(debug_enable("all") && *traced(DEBUG_SWITCH, "x"), "all");
	OK(strlen(traced(DEBUG_BUILD, long_word)) > 4000, "long texts are cut");
	free(long_word);
	return tap_done();
}
