/* pins.h - pins of a switch resolved: where the source is now, and which definition is used. */
#ifndef APPLY_PINS_H
#define APPLY_PINS_H

#include "apply/session.h"

struct pinned {
	const struct state_pin *pin;
	struct universe_pin universe;
	struct fetched source;
	bool from_record; /* taken over from the installed package: nothing was fetched */
};
/* The definition of a pin: NAME.opam, opam or opam/NAME.opam of its source, else the repositories'. */
int pin_resolve(struct session *s, struct arena *a, const struct state_pin *pin, struct pinned *out,
		struct err *e);
/* All pins of the state; those of which fresh() is false and that are installed from the same address
 * keep the recorded source. Without may_fetch the others are left out. */
int pins_resolve(struct session *s, struct arena *a, bool (*fresh)(const void *ctx, struct str name),
		 const void *ctx, bool may_fetch, struct pinned **out, size_t *n, struct err *e);
/* The packages that the source at an address defines, sorted: by NAME.opam at its root or in opam/; one file
 * `opam` stands for the name that the address ends with. ERR_NOTFOUND when there is none. */
int pins_defined(struct apply *ap, struct arena *a, struct str url, struct opam_strings *out, struct err *e);
/* *next is the state without the pin of that name, and with `pin` unless it is NULL. */
void pins_replace(struct arena *a, const struct state *s, struct str name, const struct state_pin *pin,
		  struct state *next);
/* The url section that a pin's address stands for. */
int pin_source(struct arena *a, struct str url, struct opam_source *out, struct err *e);

#endif
