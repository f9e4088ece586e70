#include <stddef.h>
#include <stdint.h>

#include "log.h"
#include "platform/clock.h"
#include "platform/console.h"

#define LINES_A_SECOND	5u

void
log_peer(const char *name, uint32_t ip, const char *what, const char *detail)
{
	static uint64_t second;
	static unsigned lines;
	uint64_t now = clock_ms() / 1000;

	if (now != second) {
		if (lines > LINES_A_SECOND)
			console_printf("(%u more lines)\n",
				       lines - LINES_A_SECOND);
		second = now;
		lines = 0;
	}
	if (++lines > LINES_A_SECOND)
		return;
	console_printf("%s %u.%u.%u.%u: %s%s%s\n", name, ip >> 24,
		       ip >> 16 & 255, ip >> 8 & 255, ip & 255, what,
		       detail ? ": " : "", detail ? detail : "");
}
