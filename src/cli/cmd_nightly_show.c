#include <time.h>

#include "base/gz.h"
#include "cli/cmd_nightly.h"
#include "cli/ctx.h"
#include "cli/out.h"
#include "nightly/result.h"

enum { LOG_MAX = 256 << 20 };

static int
load(struct ctx *c, const char *which, struct night_result *out_night, struct err *e)
{
	struct oid commit;
	struct str name;

	if (night_find(c->root.store, c->a, str_of(which), &name, &commit, e) < 0)
		return -1;
	return night_read(c->root.store, c->a, name, &commit, out_night, e);
}

static const char *
day(struct arena *a, int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char text[32];

	gmtime_r(&t, &tm);
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm);
	return arena_strdup(a, text);
}

/* --- status --- */

static void
json_row(struct json *j, const struct night_row *r)
{
	json_object(j);
	json_key_str(j, "name", r->name);
	json_key_str(j, "version", r->version);
	json_key_c(j, "state", night_state_text(r->fate.state));
	out_json_sha256(j, "key", r->key);
	out_json_sha256(j, "input_id", r->input_id);
	json_key_str(j, "reason", r->fate.reason);
	json_key_str(j, "detail", r->fate.detail);
	json_key_str(j, "step", r->fate.step);
	if (r->fate.step.n)
		json_key_int(j, "status", r->fate.status);
	out_json_strings(j, "blocked_by", &r->fate.culprits);
	out_json_strings(j, "depends", &r->deps);
	json_end(j);
}

static void
json_status(struct ctx *c, const struct night_result *night)
{
	struct json *j = out_data(c);

	json_key_str(j, "night", night->name);
	json_key_c(j, "commit", night->commit.hex);
	json_key_str(j, "base", night->base);
	json_key_str(j, "digest", night->digest);
	json_key_str(j, "selection", night->selection);
	json_key_object(j, "counts");
	for (size_t i = 0; i < NIGHT_STATE_COUNT; i++)
		json_key_int(j, night_state_text((enum night_state)i), (int64_t)night->counts[i]);
	json_end(j);
	json_key_array(j, "packages");
	for (size_t i = 0; i < night->row_count; i++)
		json_row(j, &night->rows[i]);
	json_end(j);
}

int
nightly_status(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct night_result night;
	struct opam_strings rows = {0};
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 1)
		return err_set(e, ERR_USAGE, "usage: pkg nightly status [NIGHT]");
	if (load(c, n ? argv[0] : "", &night, e) < 0)
		return -1;
	json_status(c, &night);
	rows.v = arena_array(c->a, struct str, night.row_count + 1);
	for (size_t i = 0; i < night.row_count; i++) {
		const struct night_row *r = &night.rows[i];

		rows.v[rows.n++] = str_printf(c->a, "%s\t" STR_FMT "\t" STR_FMT "\t" STR_FMT,
					      night_state_text(r->fate.state), STR_ARG(r->name),
					      STR_ARG(r->version), STR_ARG(r->fate.reason));
	}
	out_table(c, &rows);
	out("%s, %s, base %s, commit %.12s: ", out_safe(c, night.name), day(c->a, night.time),
	    out_safe(c, night.base), night.commit.hex);
	nightly_counts(night.counts);
	return 0;
}

/* --- log --- */

int
nightly_log(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct night_result night;
	const struct night_row *row;
	struct str text;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n < 1 || n > 2)
		return err_set(e, ERR_USAGE, "usage: pkg nightly log PACKAGE [NIGHT]");
	if (load(c, n > 1 ? argv[1] : "", &night, e) < 0)
		return -1;
	row = night_row(&night, str_of(argv[0]));
	if (!row)
		return err_set(e, ERR_NOTFOUND, "the night " STR_FMT " had no package %s",
			       STR_ARG(night.name), argv[0]);
	json_key_str(out_data(c), "night", night.name);
	json_key_str(out_data(c), "package", row->name);
	json_key_c(out_data(c), "state", night_state_text(row->fate.state));
	json_key_str(out_data(c), "reason", row->fate.reason);
	if (!row->key.n ||
	    !fs_exists(c->root.fd, arena_printf(c->a, "log/" STR_FMT ".gz", STR_ARG(row->key)))) {
		/* It was not built: the reason is all that there is to read. */
		out("%s: %s\n%s%s", night_state_text(row->fate.state), out_safe(c, row->fate.reason),
		    out_safe_lines(c, row->fate.detail), row->fate.detail.n ? "\n" : "");
		return 0;
	}
	if (gz_read(c->a, c->root.fd, arena_printf(c->a, "log/" STR_FMT ".gz", STR_ARG(row->key)), LOG_MAX,
		    &text, e) < 0)
		return -1;
	out_json_sha256(out_data(c), "id", row->key);
	json_key_int(out_data(c), "size", (int64_t)text.n);
	out_bytes(c, text);
	return 0;
}

/* --- diff --- */

static const char *const kinds[] = {[DIFF_BROKEN] = "broken",
				    [DIFF_MENDED] = "mended",
				    [DIFF_CHANGED] = "changed",
				    [DIFF_NEW] = "new",
				    [DIFF_GONE] = "gone"};

static void
json_diff(struct ctx *c, const struct night_difference *v, size_t n)
{
	struct json *j = out_data(c);

	json_key_array(j, "packages");
	for (size_t i = 0; i < n; i++) {
		json_object(j);
		json_key_str(j, "name", v[i].name);
		json_key_c(j, "kind", kinds[v[i].kind]);
		if (v[i].was) {
			json_key_c(j, "was", night_state_text(v[i].was->fate.state));
			json_key_str(j, "was_version", v[i].was->version);
		}
		if (v[i].now) {
			json_key_c(j, "now", night_state_text(v[i].now->fate.state));
			json_key_str(j, "now_version", v[i].now->version);
			json_key_str(j, "reason", v[i].now->fate.reason);
		}
		json_end(j);
	}
	json_end(j);
}

static struct str
side(struct ctx *c, const struct night_row *r)
{
	if (!r)
		return STR("-");
	return str_printf(c->a,
			  "%s"
			  "%s" STR_FMT,
			  night_state_text(r->fate.state), r->version.n ? " " : "", STR_ARG(r->version));
}

int
nightly_diff(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct night_result was, now;
	struct night_difference *v;
	struct opam_strings rows = {0};
	size_t count;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 2)
		return err_set(e, ERR_USAGE, "usage: pkg nightly diff [A [B]]");
	/* Without names: the last two of the night that ran last; with one: that and the last. */
	if (load(c, n > 1 ? argv[1] : "", &now, e) < 0 ||
	    load(c, n > 0 ? argv[0] : arena_printf(c->a, STR_FMT "~1", STR_ARG(now.name)), &was, e) < 0)
		return -1;
	night_diff(c->a, &was, &now, &v, &count);
	json_diff(c, v, count);
	rows.v = arena_array(c->a, struct str, count + 1);
	for (size_t i = 0; i < count; i++)
		rows.v[rows.n++] = str_printf(c->a, "%s\t" STR_FMT "\t" STR_FMT "\t-> " STR_FMT "\t" STR_FMT,
					      kinds[v[i].kind], STR_ARG(v[i].name),
					      STR_ARG(side(c, v[i].was)), STR_ARG(side(c, v[i].now)),
					      STR_ARG(v[i].now ? v[i].now->fate.reason : STR("")));
	out_table(c, &rows);
	if (!count)
		out_message(c, "Nothing differs.\n");
	return 0;
}

/* --- report --- */

int
nightly_report(struct ctx *c, int argc, char **argv, struct err *e)
{
	const char *dir = NULL;
	const struct opt options[] = {
		{OPT_STRING, 0, "html", "DIR", "where the pages go", &dir},
		{.name = NULL},
	};
	struct night_result now;
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (!dir || n > 1)
		return err_set(e, ERR_USAGE, "usage: pkg nightly report --html DIR [NIGHT]");
	if (load(c, n ? argv[0] : "", &now, e) < 0)
		return -1;
	if (night_report(&c->root, c->a, &now, dir, e) < 0)
		return -1;
	json_key_str(out_data(c), "night", now.name);
	json_key_c(out_data(c), "path", arena_printf(c->a, "%s/index.html", dir));
	json_key_int(out_data(c), "packages", (int64_t)now.row_count);
	if (!c->global.quiet)
		out("%s/index.html: %zu packages\n", out_safe(c, str_of(dir)), now.row_count);
	return 0;
}
