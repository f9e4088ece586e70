#include "base/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TEXT_MAX = 64 };
#define DAY ((int64_t)24 * 60 * 60)

const char *
date_text(struct arena *a, int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm = {0};
	char text[64];

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return arena_strdup(a, text);
}

/* "Z", "UTC", "+02:00", "+0200", "-05", or nothing. */
static bool
read_zone(const char *text, int64_t *offset)
{
	int hours, minutes = 0, used = 0;
	char sign;

	*offset = 0;
	text += strspn(text, " ");
	if (!*text || strcmp(text, "Z") == 0 || strcmp(text, "UTC") == 0 || strcmp(text, "GMT") == 0)
		return true;
	sign = *text++;
	if ((sign != '+' && sign != '-') || strspn(text, "0123456789:") != strlen(text))
		return false;
	if (sscanf(text, "%2d:%2d%n", &hours, &minutes, &used) < 2 &&
	    sscanf(text, "%2d%2d%n", &hours, &minutes, &used) < 2 && sscanf(text, "%2d%n", &hours, &used) < 1)
		return false;
	if (text[used] || hours > 23 || minutes > 59)
		return false;
	*offset = (sign == '-' ? -1 : 1) * ((int64_t)hours * 3600 + (int64_t)minutes * 60);
	return true;
}

/* A date that the calendar does not have (31 February) is none. */
static bool
seconds_of(const struct tm *tm, int64_t *out)
{
	struct tm copy = *tm;

	*out = timegm(&copy);
	return copy.tm_mday == tm->tm_mday && copy.tm_mon == tm->tm_mon && copy.tm_hour == tm->tm_hour;
}

static bool
read_absolute(const char *text, int64_t *out)
{
	static const struct {
		const char *format;
		bool day, fraction;
	} forms[] = {
		{"%Y-%m-%dT%H:%M:%S", false, true},
		{"%Y-%m-%d %H:%M:%S", false, true},
		{"%Y-%m-%dT%H:%M", false, false},
		{"%Y-%m-%d %H:%M", false, false},
		{"%Y-%m-%d", true, false},
		{"%a %b %d %H:%M:%S %Y", false, false},
		{"%a, %d %b %Y %H:%M:%S", false, false},
		{"%d %b %Y %H:%M:%S", false, false},
	};

	for (size_t i = 0; i < COUNT_OF(forms); i++) {
		struct tm tm = {0};
		const char *rest = strptime(text, forms[i].format, &tm);
		int64_t offset;

		if (!rest)
			continue;
		if (forms[i].fraction && *rest == '.')
			rest += 1 + strspn(rest + 1, "0123456789");
		if (!read_zone(rest, &offset) || !seconds_of(&tm, out))
			continue;
		*out += (forms[i].day ? DAY - 1 : 0) - offset;
		return true;
	}
	return false;
}

/* "2 weeks ago": Git also takes dots between the words. */
static bool
read_relative(char *text, int64_t now, int64_t *out)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {{"second", 1},     {"minute", 60},      {"hour", 3600},     {"day", DAY},
		     {"week", 7 * DAY}, {"month", 30 * DAY}, {"year", 365 * DAY}};
	long count;
	char unit[16], end;

	for (char *p = text; *p; p++)
		if (*p == '.' || *p == '_')
			*p = ' ';
	if (sscanf(text, "%7ld %15s ago%c", &count, unit, &end) != 2 || count < 0 || !strstr(text, " ago"))
		return false;
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		size_t n = strlen(units[i].name);

		if (strncmp(unit, units[i].name, n) != 0 || (unit[n] && strcmp(unit + n, "s") != 0))
			continue;
		*out = now - count * units[i].seconds;
		return true;
	}
	return false;
}

static bool
read_word(const char *text, int64_t now, int64_t *out)
{
	int64_t midnight = now - now % DAY;
	size_t digits = *text ? strspn(text + 1, "0123456789") : 0;
	char *end;

	if (strcmp(text, "now") == 0)
		*out = now;
	else if (strcmp(text, "today") == 0)
		*out = midnight + DAY - 1;
	else if (strcmp(text, "yesterday") == 0)
		*out = midnight - 1;
	else if (*text == '@' && digits > 0 && digits < 13)
		return *out = strtoll(text + 1, &end, 10), read_zone(end, &midnight);
	else
		return false;
	return true;
}

int
date_parse(struct str text, int64_t now, int64_t *out, struct err *e)
{
	struct str plain = str_trim(text);
	char buffer[TEXT_MAX];

	if (plain.n && plain.n < sizeof(buffer) && !memchr(plain.s, '\0', plain.n)) {
		memcpy(buffer, plain.s, plain.n);
		buffer[plain.n] = '\0';
		if (read_word(buffer, now, out) || read_absolute(buffer, out) ||
		    read_relative(buffer, now, out))
			return 0;
	}
	err_set(e, ERR_USAGE, "'" STR_FMT "' is no date", STR_ARG(str_sub(text, 0, TEXT_MAX)));
	return err_hint(e, "2026-08-16, 2026-08-16T12:00:00Z, or '2 weeks ago'");
}
