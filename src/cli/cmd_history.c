#include <time.h>

#include "cli/ctx.h"
#include "cli/out.h"

static const char *
time_text(struct ctx *c, int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char text[32];

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return arena_strdup(c->a, text);
}

static struct str
subject_of(struct str message)
{
	struct str line = {0};

	str_cut(&message, '\n', &line);
	return line;
}

static void
show_change(struct ctx *c, const struct ledger_change *change)
{
	const char *name = out_safe(c, change->name);

	if (!change->was.n)
		out("    + %s %s\n", name, out_safe(c, change->now));
	else if (!change->now.n)
		out("    - %s %s\n", name, out_safe(c, change->was));
	else if (!str_eq(change->was, change->now))
		out("    ~ %s %s -> %s\n", name, out_safe(c, change->was), out_safe(c, change->now));
	else
		out("    ~ %s %s %s\n", name, out_safe(c, change->now), out_safe(c, change->how));
}

static void
show_entry(struct ctx *c, const struct ledger_entry *entry)
{
	out("%.12s  %s  %s  %s\n", entry->commit.hex, time_text(c, entry->info.author.time),
	    out_safe(c, entry->info.author.name), out_safe(c, subject_of(entry->info.message)));
	for (size_t i = 0; i < entry->change_count; i++)
		show_change(c, &entry->changes[i]);
}

static void
json_entry(struct ctx *c, struct json *j, const struct ledger_entry *entry)
{
	json_object(j);
	json_key_c(j, "commit", entry->commit.hex);
	json_key_c(j, "time", time_text(c, entry->info.author.time));
	json_key_str(j, "user", entry->info.author.name);
	json_key_str(j, "subject", subject_of(entry->info.message));
	json_key_str(j, "command", store_trailer(entry->info.message, "Command"));
	json_key_array(j, "changes");
	for (size_t i = 0; i < entry->change_count; i++) {
		json_object(j);
		json_key_str(j, "name", entry->changes[i].name);
		json_key_str(j, "was", entry->changes[i].was);
		json_key_str(j, "now", entry->changes[i].now);
		json_key_str(j, "how", entry->changes[i].how);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

int
cmd_history(struct ctx *c, int argc, char **argv, struct err *e)
{
	long max = 0;
	const struct opt options[] = {
		{OPT_INT, 'n', "max-count", "N", "the newest N only", &max},
		{.name = NULL},
	};
	struct ledger_entry *entries;
	size_t count;
	const char *name;
	struct oid head;
	struct json *j;
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 0 || max < 0)
		return err_set(e, ERR_USAGE, "usage: pkg history [-n N]");
	if (ctx_switch(c, &name, e) < 0 || ledger_head(c->root.store, c->a, name, &head, e) < 0 ||
	    ledger_history(c->root.store, c->a, &head, (size_t)max, &entries, &count, e) < 0)
		return -1;
	j = out_data(c);
	json_key_c(j, "switch", name);
	json_key_array(j, "transactions");
	for (size_t i = 0; i < count; i++) {
		show_entry(c, &entries[i]);
		json_entry(c, j, &entries[i]);
	}
	json_end(j);
	return 0;
}
