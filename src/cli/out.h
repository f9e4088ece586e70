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
/* Writes bytes as they are (a build log, a raw definition); made harmless when stdout is a terminal. */
void out_bytes(struct ctx *c, struct str bytes);
/* The error, its place, context and advice, on stderr; with --json the envelope on stdout. */
void out_error(struct ctx *c, const struct err *e);
/* Flushes stdout; an answer that could not be written is an error of the system. */
int out_flush(struct err *e);
/* Asks on the terminal; without one: ERR_ABORTED with the flag to pass. Default is no. */
int out_confirm(struct ctx *c, const char *question, struct err *e);
/* Rows in columns: cells are separated by one tab in each row, widths are those of the text. */
void out_table(struct ctx *c, const struct opam_strings *rows);

/* The envelope: out_json_open() ... members of `data` ... out_json_close(). */
struct json out_json_open(struct ctx *c);
void out_json_close(struct ctx *c, struct json *j, const struct err *e);
/* Progress events as plain lines on stderr. */
void out_report(void *ctx, const struct report_event *event);

#endif
