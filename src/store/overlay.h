/* overlay.h - a store over another: what is there is seen, what is written goes with it. */
#ifndef STORE_OVERLAY_H
#define STORE_OVERLAY_H

#include "store/store.h"

/* From now on the store's objects and refs are written into a fresh folder in DIR, which the first of them
 * makes, with the refs of then, and store_close() removes. For a command that must leave no trace and plans
 * all the same. */
void store_overlay(struct store *s, const char *dir);

#endif
