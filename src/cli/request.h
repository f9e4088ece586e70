/* request.h - requests as people type them, and the options that all commands take which solve. */
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H

#include "apply/change.h"
#include "cli/cmd.h"

struct request_options {
	struct opt_list ignored;
	long optimize, deadline;
};
/* Rows of an option table; with REQUEST_WITH the parts of definitions that count for what is named. */
#define REQUEST_WITH(change)                                                                                 \
	{OPT_FLAG, 't', "with-test", NULL, "run the tests of the named packages", &(change)->with_test},     \
		{OPT_FLAG,           'd', "with-doc", NULL, "build the documentation of the named packages", \
		 &(change)->with_doc},                                                                       \
	{                                                                                                    \
		OPT_FLAG, 0, "with-dev-setup", NULL, "with the tools that the named packages are made with", \
			&(change)->with_dev_setup                                                            \
	}
#define REQUEST_SOLVING(change, options)                                                                     \
	{OPT_FLAG,                                                                                           \
	 0,                                                                                                  \
	 "best-effort",                                                                                      \
	 NULL,                                                                                               \
	 "leave out what does not go with the rest",                                                         \
	 &(change)->best_effort},                                                                            \
		{OPT_LIST,                                                                                   \
		 0,                                                                                          \
		 "ignore-constraints-on",                                                                    \
		 "PACKAGE",                                                                                  \
		 "let dependencies on it take any version",                                                  \
		 &(options)->ignored},                                                                       \
		{OPT_INT,                                                                                    \
		 0,                                                                                          \
		 "optimize",                                                                                 \
		 "N",                                                                                        \
		 "spend N times the usual effort on the best answer",                                        \
		 &(options)->optimize},                                                                      \
	{                                                                                                    \
		OPT_INT, 0, "deadline", "MS", "take the best answer known after so long (10000)",            \
			&(options)->deadline                                                                 \
	}
/* Checks what was given and puts it into the change. */
int request_use(const struct request_options *o, struct change *out, struct err *e);

/* NAME, NAME.VERSION, 'NAME>=1.2&<2', 'a | b'; @FILE holds one a line. What is no single package (a choice)
 * is for installs only. ERR_USAGE. */
int request_read(struct ctx *c, char **args, int n, struct change *out, struct err *e);
/* "did you mean": adds to an error about a name that no repository has. */
void request_hint(struct ctx *c, const struct change *change, struct err *e);

#endif
