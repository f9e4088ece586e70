#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void
fd_auto_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

PRINTF(3, 0) static void fill(struct err *e, enum err_code code, const char *fmt, va_list args)
{
	e->code = code;
	e->sys = 0;
	e->at = (struct pos){0};
	e->file[0] = e->line[0] = e->note[0] = e->hint[0] = '\0';
	vsnprintf(e->msg, sizeof(e->msg), fmt, args);
}

int
err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(e, code, fmt, args);
	va_end(args);
	return -1;
}

int
err_at(struct err *e, enum err_code code, struct pos at, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	fill(e, code, fmt, args);
	va_end(args);
	snprintf(e->file, sizeof(e->file), "%s", at.file ? at.file : "");
	e->at = at;
	e->at.file = e->file;
	return -1;
}

int
err_sys(struct err *e, const char *fmt, ...)
{
	int saved = errno;
	size_t used;
	va_list args;

	va_start(args, fmt);
	fill(e, ERR_SYSTEM, fmt, args);
	va_end(args);
	e->sys = saved;
	used = strlen(e->msg);
	if (saved)
		snprintf(e->msg + used, sizeof(e->msg) - used, ": %s", strerror(saved));
	errno = saved;
	return -1;
}

PRINTF(3, 0) static void add_line(char *text, size_t size, const char *fmt, va_list args)
{
	size_t used = strlen(text);

	if (used && used + 1 < size) {
		text[used++] = '\n';
		text[used] = '\0';
	}
	vsnprintf(text + used, size - used, fmt, args);
}

int
err_note(struct err *e, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_line(e->note, sizeof(e->note), fmt, args);
	va_end(args);
	return -1;
}

int
err_hint(struct err *e, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	add_line(e->hint, sizeof(e->hint), fmt, args);
	va_end(args);
	return -1;
}

const char *
err_name(enum err_code code)
{
	switch (code) {
#define ERR_NAME(name, value, text)                                                                          \
	case ERR_##name:                                                                                     \
		return #name;
		ERR_CODES(ERR_NAME)
#undef ERR_NAME
	}
	return "UNKNOWN";
}

const char *
err_meaning(int code)
{
	switch (code) {
#define ERR_TEXT(name, value, text)                                                                          \
	case value:                                                                                          \
		return text;
		ERR_CODES(ERR_TEXT)
#undef ERR_TEXT
	}
	return NULL;
}
