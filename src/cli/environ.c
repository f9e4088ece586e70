#include "cli/environ.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/map.h"
#include "cli/ctx.h"
#include "cli/out.h"

static const char undo_name[] = "PKG_ENV_UNDO";

bool
environ_name_ok(struct str name)
{
	for (size_t i = 0; i < name.n; i++)
		if (!(isalpha((unsigned char)name.s[i]) || name.s[i] == '_' ||
		      (i && isdigit((unsigned char)name.s[i]))))
			return false;
	return name.n > 0;
}

/* --- the record --- */

struct undo {
	struct str name, now, before;
	bool was_set;
};
struct undos {
	struct undo *v;
	size_t n, room;
};

static void
put_text(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		unsigned char byte = (unsigned char)text.s[i];

		if (byte < 0x80 && (isalnum(byte) || strchr("/._:+@=-", byte)))
			buf_addc(b, (char)byte);
		else
			buf_printf(b, "%%%02X", byte);
	}
}

static int
hex_value(char digit)
{
	const char *digits = "0123456789ABCDEF";
	const char *at = digit ? strchr(digits, digit) : NULL;

	return at ? (int)(at - digits) : -1;
}

static bool
get_text(struct arena *a, struct str text, struct str *out)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < text.n; i++) {
		int high, low;

		if (text.s[i] != '%') {
			buf_addc(&b, text.s[i]);
			continue;
		}
		high = i + 2 < text.n ? hex_value(text.s[i + 1]) : -1;
		low = i + 2 < text.n ? hex_value(text.s[i + 2]) : -1;
		if (high < 0 || low < 0 || high + low == 0)
			return false;
		buf_addc(&b, (char)(high * 16 + low));
		i += 2;
	}
	*out = b.n ? buf_str(&b) : STR("");
	return true;
}

static bool
read_undos(struct arena *a, struct str text, struct undos *out)
{
	struct str item, now = {0};

	while (str_cut(&text, ';', &item)) {
		struct undo undo = {0};
		ptrdiff_t comma;

		str_cut(&item, ',', &undo.name);
		comma = str_chr(item, ',');
		undo.was_set = comma >= 0;
		now = comma < 0 ? item : str_sub(item, 0, (size_t)comma);
		if (!environ_name_ok(undo.name) || !get_text(a, now, &undo.now) ||
		    (comma >= 0 && !get_text(a, str_sub(item, (size_t)comma + 1, item.n), &undo.before)))
			return false;
		vec_push(a, out, undo);
	}
	return true;
}

/* --- leaving --- */

static bool
has_part(struct str list, struct str wanted)
{
	struct str part;

	while (str_cut(&list, ':', &part))
		if (str_eq(part, wanted))
			return true;
	return false;
}

/* A list that was changed since: without the parts that are in `now` and were not before. */
static struct str
without_ours(struct arena *a, struct str value, const struct undo *undo)
{
	struct buf b = buf_new(a);
	bool first = true;

	for (;;) {
		ptrdiff_t colon = str_chr(value, ':');
		struct str part = str_sub(value, 0, colon < 0 ? value.n : (size_t)colon);

		if (!part.n || !has_part(undo->now, part) || has_part(undo->before, part)) {
			if (!first)
				buf_addc(&b, ':');
			buf_str_add(&b, part);
			first = false;
		}
		if (colon < 0)
			break;
		value = str_sub(value, (size_t)colon + 1, value.n);
	}
	return b.n ? buf_str(&b) : STR("");
}

static void
leave_variable(struct ctx *c, const struct undo *undo)
{
	const char *name = str_c(c->a, undo->name), *value = getenv(name);
	struct str left = undo->before;
	bool keep = undo->was_set;

	if (!value)
		return;
	if (!str_is(undo->now, value)) {
		left = without_ours(c->a, str_of(value), undo);
		keep = keep || left.n;
	}
	if (keep)
		setenv(name, str_c(c->a, left), 1);
	else
		unsetenv(name);
}

void
environ_leave(struct ctx *c)
{
	struct undos undos = {0};
	const char *text = getenv(undo_name);

	if (!text)
		return;
	if (read_undos(c->a, str_of(arena_strdup(c->a, text)), &undos))
		for (size_t i = undos.n; i-- > 0;)
			leave_variable(c, &undos.v[i]);
	else
		report_text(&c->report, REPORT_WARN, STR(""),
			    "%s was changed and cannot be read; nothing is put back", undo_name);
	unsetenv(undo_name);
}

/* --- entering --- */

static int
switch_variables(struct ctx *c, struct opam_strings *out, struct err *e)
{
	struct build_dep *packages;
	struct state state = {0};
	const char *name;
	struct oid head;

	if (ctx_state(c, &name, &head, &state, e) < 0)
		return -1;
	packages = arena_array(c->a, struct build_dep, state.record_count + 1);
	for (size_t i = 0; i < state.record_count; i++) {
		const struct record *r = &state.records[i];
		struct opam_definition *d = arena_new(c->a, struct opam_definition);
		struct str text;

		if (store_blob_read(c->root.store, c->a, &r->definition, &text, e) < 0 ||
		    opam_definition(c->a, arena_printf(c->a, "packages/%.*s/opam", STR_ARG(r->name)), text, d,
				    e) < 0)
			return -1;
		packages[i] = (struct build_dep){.name = r->name,
						 .version = r->version,
						 .definition = d,
						 .input_id = r->input_id,
						 .direct = true};
		if (oid_is(&r->output) &&
		    output_read(c->root.store, c->a, &r->output, &packages[i].output, e) < 0)
			return -1;
	}
	return build_environment(c->a, packages, state.record_count, switch_prefix(&c->root, c->a, name),
				 name, (const char *const *)environ, out, e);
}

static void
put_undo(struct arena *a, struct buf *b, struct str name, struct str now)
{
	const char *before = getenv(str_c(a, name));

	if (b->n)
		buf_addc(b, ';');
	buf_str_add(b, name);
	buf_addc(b, ',');
	put_text(b, now);
	if (before) {
		buf_addc(b, ',');
		put_text(b, str_of(before));
	}
}

int
environ_of(struct ctx *c, struct opam_strings *out, struct err *e)
{
	struct opam_strings all = {0};
	struct buf undo = buf_new(c->a);
	struct str last;
	size_t at;

	environ_leave(c);
	if (switch_variables(c, &all, e) < 0)
		return -1;
	out->v = arena_array(c->a, struct str, all.n + 1);
	out->n = 0;
	for (size_t i = 0; i < all.n; i++) {
		struct str value = all.v[i], name = {0};

		str_cut(&value, '=', &name);
		if (!environ_name_ok(name)) {
			report_text(&c->report, REPORT_WARN, STR(""),
				    "%s is no name of a variable; it is left out", out_safe(c, name));
			continue;
		}
		if (str_is(name, undo_name))
			continue;
		put_undo(c->a, &undo, name, value);
		out->v[out->n++] = all.v[i];
	}
	last = str_printf(c->a, "%s=%.*s", undo_name, STR_ARG(buf_str(&undo)));
	for (at = out->n++; at > 0 && str_cmp(out->v[at - 1], last) > 0; at--)
		out->v[at] = out->v[at - 1];
	out->v[at] = last;
	return 0;
}
