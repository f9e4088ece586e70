/* private.h - what the files of src/ledger share: canonical JSON of records and states. */
#ifndef LEDGER_PRIVATE_H
#define LEDGER_PRIVATE_H

#include "base/json.h"
#include "ledger/ledger.h"

/* Version of record.json and switch.json. */
enum { LEDGER_FORMAT = 1 };

/* A key's text as an id; none when it is missing. */
struct oid ledger_oid(const json_value *v, const char *key);
/* A list of texts, left out when it is empty. */
void ledger_put_strs(struct json *j, const char *key, const struct str *v, size_t n);
/* A sorted copy, and the order of texts for it. */
void *ledger_sorted(struct arena *a, const void *v, size_t n, size_t size,
		    int (*by)(const void *, const void *));
int ledger_by_str(const void *a, const void *b);
void ledger_put_oid(struct json *j, const char *key, const struct oid *id);

/* packages/<name>/ of one record, as a tree. */
int record_write(struct store *s, struct arena *a, const struct record *r, struct oid *folder, struct err *e);
int record_read(struct store *s, struct arena *a, const struct oid *folder, struct record *out,
		struct err *e);
/* switch.json */
int state_text(struct arena *a, const struct state *state, struct str *out, struct err *e);
/* The folders beneath packages/ of a tree; none is fine. */
int state_folders(struct store *s, struct arena *a, const struct oid *tree, struct store_entries *out,
		  struct err *e);
int state_parse(struct arena *a, struct str text, struct state *out, struct err *e);

#endif
