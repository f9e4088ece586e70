#include <stdlib.h>
#include <string.h>

#include "cli/cmd_nightly.h"
#include "cli/ctx.h"
#include "cli/out.h"
#include "nightly/base.h"

static void
put_base(struct json *j, struct arena *a, const struct base *b)
{
	json_object(j);
	json_key_str(j, "name", b->name);
	json_key_str(j, "digest", str_printf(a, "sha256:" STR_FMT, STR_ARG(b->digest)));
	json_key_str(j, "distribution", b->platform.distribution);
	json_key_str(j, "version", b->platform.version);
	json_key_int(j, "size", (int64_t)b->size);
	json_key_c(j, "path", b->rootfs);
	json_end(j);
}

static int
by_name(const void *a, const void *b)
{
	return str_cmp(((const struct base *)a)->name, ((const struct base *)b)->name);
}

static void
put_bases(struct ctx *c, const struct base *v, size_t n)
{
	struct base *sorted = arena_array(c->a, struct base, n + 1);
	struct json *j = out_data(c);

	if (n)
		memcpy(sorted, v, n * sizeof(*v));
	qsort(sorted, n, sizeof(*sorted), by_name);
	json_key_array(j, "bases");
	for (size_t i = 0; i < n; i++)
		put_base(j, c->a, &sorted[i]);
	json_end(j);
}

static void
tell(struct ctx *c, const struct base *b)
{
	put_bases(c, b, 1);
	if (!c->global.quiet)
		out("%s: base image sha256:" STR_FMT "\n", out_safe(c, b->name), STR_ARG(b->digest));
}

static int
base_answer(struct ctx *c, const struct base *v, size_t n)
{
	struct opam_strings rows = {arena_array(c->a, struct str, n + 1), 0};

	put_bases(c, v, n);
	for (size_t i = 0; i < n; i++)
		rows.v[rows.n++] =
			str_printf(c->a, STR_FMT "\tsha256:%.12s\t" STR_FMT " " STR_FMT "\t%llu MB",
				   STR_ARG(v[i].name), v[i].digest.s, STR_ARG(v[i].platform.distribution),
				   STR_ARG(v[i].platform.version), (unsigned long long)(v[i].size / 1000000));
	out_table(c, &rows);
	return 0;
}

static int
list(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct bases all;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 0)
		return err_set(e, ERR_USAGE, "nightly base list takes no argument");
	if (base_list(&c->apply, c->a, &all, e) < 0)
		return -1;
	return base_answer(c, all.v, all.n);
}

static void
tell_recipe(struct ctx *c, const struct base_recipe *r)
{
	struct json *j = out_data(c);

	json_key_str(j, "name", r->name);
	json_key_str(j, "suite", r->suite);
	out_json_strings(j, "sources", &r->sources);
	out_json_strings(j, "with", &r->with);
	out_json_strings(j, "depexts", &r->depexts);
	out("%s: %s\n", out_safe(c, r->name), out_safe(c, r->suite));
	for (size_t i = 0; i < r->sources.n; i++)
		out("  from   %s\n", out_safe(c, r->sources.v[i]));
	for (size_t i = 0; i < r->with.n; i++)
		out("  with   %s\n", out_safe(c, r->with.v[i]));
	for (size_t i = 0; i < r->depexts.n; i++)
		out("  depext %s\n", out_safe(c, r->depexts.v[i]));
}

static int
create(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct opt_list with = {0};
	const struct opt options[] = {
		{OPT_LIST, 0, "with", "PACKAGE,...", "system packages beside the depexts", &with},
		{.name = NULL},
	};
	struct opam_strings missing;
	struct base_recipe recipe;
	struct base b;
	int n;

	if (cmd_options(c, options, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n != 1)
		return err_set(e, ERR_USAGE, "usage: pkg nightly base create NAME [--with PACKAGE,...]");
	if (base_recipe(&c->apply, c->a, str_of(argv[0]), &with, &recipe, e) < 0)
		return -1;
	if (c->global.dry_run) {
		tell_recipe(c, &recipe);
		return 0;
	}
	out_message(c, "making    the base image %s with %zu system packages and what they need\n",
		    out_safe(c, recipe.name), recipe.with.n + recipe.depexts.n);
	if (base_create(&c->apply, c->a, &recipe, &b, &missing, e) < 0)
		return -1;
	for (size_t i = 0; i < missing.n; i++)
		report_text(&c->report, REPORT_WARN, STR(""),
			    "the system package " STR_FMT
			    " cannot be had for it: what needs it is uninstallable",
			    STR_ARG(missing.v[i]));
	tell(c, &b);
	return 0;
}

static int
import(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct base b;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n != 2)
		return err_set(e, ERR_USAGE, "usage: pkg nightly base import NAME TAR|DIR");
	if (base_import(&c->apply, c->a, str_of(argv[0]), argv[1], &b, e) < 0)
		return -1;
	tell(c, &b);
	return 0;
}

static int
drop(struct ctx *c, int argc, char **argv, struct err *e)
{
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n == 0)
		return err_set(e, ERR_USAGE, "usage: pkg nightly base remove NAME...");
	for (int i = 0; i < n; i++)
		if (base_remove(&c->apply, c->a, str_of(argv[i]), e) < 0)
			return -1;
	out_json_args(out_data(c), "removed", argv, n);
	return 0;
}

int
nightly_base(struct ctx *c, int argc, char **argv, struct err *e)
{
	static const struct subcmd table[] = {
		{"list", list}, {"create", create}, {"import", import}, {"remove", drop}};

	return cmd_sub(c, table, COUNT_OF(table), argc, argv, e);
}
