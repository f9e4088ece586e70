#include "base/map.h"

#include "base/vec.h"

/* FNV-1a: short keys, no adversary that matters (a slow map is only slow). */
static uint64_t
hash_of(struct str key)
{
	uint64_t h = 0xcbf29ce484222325u;

	for (size_t i = 0; i < key.n; i++)
		h = (h ^ (unsigned char)key.s[i]) * 0x100000001b3u;
	return h ^ h >> 29;
}

static uint32_t *
slot_of(const struct map *m, struct str key, uint64_t hash)
{
	size_t i = (size_t)hash & (m->slot_count - 1);

	for (;; i = (i + 1) & (m->slot_count - 1)) {
		const struct map_entry *entry;

		if (!m->slots[i])
			return &m->slots[i];
		entry = &m->entries[m->slots[i] - 1];
		if (entry->hash == hash && str_eq(entry->key, key))
			return &m->slots[i];
	}
}

static void
rehash(struct map *m)
{
	m->slot_count = m->slot_count ? m->slot_count * 2 : 16;
	m->slots = arena_array(m->a, uint32_t, m->slot_count);
	for (size_t i = 0; i < m->n; i++)
		*slot_of(m, m->entries[i].key, m->entries[i].hash) = (uint32_t)i + 1;
}

struct map
map_new(struct arena *a)
{
	struct map m = {.a = a};

	rehash(&m);
	return m;
}

static struct map_entry *
find(const struct map *m, struct str key)
{
	uint32_t slot = m->slot_count ? *slot_of(m, key, hash_of(key)) : 0;

	return slot ? &m->entries[slot - 1] : NULL;
}

void *
map_get(const struct map *m, struct str key)
{
	struct map_entry *entry = find(m, key);

	return entry ? entry->value : NULL;
}

bool
map_has(const struct map *m, struct str key)
{
	return find(m, key) != NULL;
}

void
map_set(struct map *m, struct str key, void *value)
{
	uint64_t hash = hash_of(key);
	uint32_t *slot = slot_of(m, key, hash);

	if (*slot) {
		m->entries[*slot - 1].value = value;
		return;
	}
	if (m->n == m->room)
		m->entries = vec_grow(m->a, m->entries, m->n, &m->room, sizeof(*m->entries));
	m->entries[m->n++] = (struct map_entry){key, value, hash};
	*slot = (uint32_t)m->n;
	if (m->n * 2 > m->slot_count)
		rehash(m);
}
