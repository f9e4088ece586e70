/* map.h - from text to a pointer, by open addressing, in insertion order.
 *
 *	struct map m = map_new(a);
 *	map_set(&m, name, candidate);
 *	for (size_t i = 0; i < m.n; i++) use(m.entries[i].key, m.entries[i].value);
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stdint.h>

#include "base/str.h"

struct map_entry {
	struct str key; /* borrowed from the caller */
	void *value;
	uint64_t hash;
};

struct map {
	struct arena *a;
	struct map_entry *entries; /* in order of insertion */
	size_t n, room;
	uint32_t *slots; /* index into entries + 1; 0 is free */
	size_t slot_count;
};

struct map map_new(struct arena *a);
/* NULL when the key is not there. */
void *map_get(const struct map *m, struct str key);
bool map_has(const struct map *m, struct str key);
/* Adds or replaces; the key must live as long as the map. */
void map_set(struct map *m, struct str key, void *value);

#endif
