/* parts.h - records and states as members of a JSON object: ledger commits and lock files share them. */
#ifndef LEDGER_PARTS_H
#define LEDGER_PARTS_H

#include "base/json.h"
#include "ledger/ledger.h"

/* Adds the members to the object that is open in j, keys sorted. Without outputs: only what is known
 * before anything is built. */
void record_put(struct arena *a, struct json *j, const struct record *r, bool outputs);
int record_get(struct arena *a, const json_value *v, struct record *out, struct err *e);
/* A state without its records. */
int state_put(struct arena *a, struct json *j, const struct state *state, struct err *e);
int state_get(struct arena *a, const json_value *v, struct state *out, struct err *e);

#endif
