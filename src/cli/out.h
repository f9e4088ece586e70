/* out.h - the only place that writes to stdout and stderr. */
#ifndef CLI_OUT_H
#define CLI_OUT_H

#include "base/json.h"
#include "cli/cmd.h"

/* The answer, on stdout; text from outside is made harmless by the caller with out_safe(). */
void out(const char *fmt, ...) PRINTF(1, 2);
/* A message, on stderr, unless -q. */
void out_message(const struct ctx *c, const char *fmt, ...) PRINTF(2, 3);
/* One line of text from outside, harmless for a terminal; and one that keeps its line ends. */
const char *out_safe(struct ctx *c, struct str text);
const char *out_safe_lines(struct ctx *c, struct str text);
/* One line of a text of several: blanks, tabs and line ends become one blank. */
struct str out_folded(struct arena *a, struct str text);
/* Writes bytes as they are (a build log, a raw definition); made harmless when stdout is a terminal. */
void out_bytes(struct ctx *c, struct str bytes);
/* "file:line:col: ", as far as it is known; to stand before what is said of the place. */
const char *out_place(struct ctx *c, const struct pos *at);
/* The error, its place, context and advice, on stderr. */
void out_error(struct ctx *c, const struct err *e);
/* Flushes stdout; an answer that could not be written is an error of the system. A pager that was left
 * early is none; without one it ends pkg as SIGPIPE does. */
int out_flush(struct ctx *c, struct err *e);
/* Rows in columns: cells are separated by one tab in each row, widths are those of the text. */
void out_table(struct ctx *c, const struct opam_strings *rows);

/* The members of `data` of the JSON answer go here, whether or not it is asked for: envelope.h writes it. */
struct json *out_data(struct ctx *c);
/* A hash as "sha256:hex"; nothing when it is empty. */
void out_json_sha256(struct json *j, const char *key, struct str hex);
/* The arguments, sorted in place, as a list. */
void out_json_args(struct json *j, const char *key, char **args, int n);
/* Texts, sorted, as a list. */
void out_json_strings(struct json *j, const char *key, const struct opam_strings *list);
/* "error: " and the like, in its colour when stderr takes colours. */
enum label { LABEL_ERROR, LABEL_WARNING, LABEL_HINT };
const char *out_label(struct ctx *c, enum label label);
/* Progress events as plain lines on stderr. */
void out_report(void *ctx, const struct report_event *event);

#endif
