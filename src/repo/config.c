#include "repo/config.h"

#include "base/buf.h"
#include "base/fs.h"
#include "base/path.h"
#include "opam/parse.h"

static int
read_text(struct arena *a, const char *path, struct opam_text *out, struct err *e)
{
	struct str text = STR("");

	if (fs_exists(AT_FDCWD, path) && fs_read(a, AT_FDCWD, path, OPAM_TEXT_MAX, &text, e) < 0)
		return -1;
	return opam_parse(a, path, text, out, e);
}

static const struct opam_item *
field(const struct opam_text *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->items[i].value && str_is(t->items[i].name, name))
			return &t->items[i];
	return NULL;
}

/* "name" {"url"} */
static int
read_one(struct arena *a, const struct opam_text *t, const struct opam_value *v, struct repos *out,
	 struct err *e)
{
	struct repo repo = {0};

	if (v->kind != OPAM_OPTION || v->n < 2 || v->kids[0]->kind != OPAM_STRING ||
	    v->kids[1]->kind != OPAM_STRING)
		return opam_err(e, t, v->at, "a repository is written as \"NAME\" {\"URL\"}");
	repo.name = v->kids[0]->s;
	repo.url = v->kids[1]->s;
	for (size_t i = 0; i < out->n; i++)
		if (str_eq(out->v[i].name, repo.name))
			return opam_err(e, t, v->at, "the repository '" STR_FMT "' is there twice",
					STR_ARG(repo.name));
	vec_push(a, out, repo);
	return 0;
}

int
repo_config_read(struct arena *a, const char *root, struct repos *out, struct err *e)
{
	const char *path = path_join(a, root, "config");
	const struct opam_item *item;
	struct opam_text t;

	*out = (struct repos){0};
	if (read_text(a, path, &t, e) < 0)
		return -1;
	item = field(&t, "repositories");
	if (!item)
		return 0;
	if (item->value->kind != OPAM_LIST)
		return read_one(a, &t, item->value, out, e);
	for (size_t i = 0; i < item->value->n; i++)
		if (read_one(a, &t, item->value->kids[i], out, e) < 0)
			return -1;
	return 0;
}

static void
add_quoted(struct buf *b, struct str s)
{
	buf_addc(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.s[i] == '"' || s.s[i] == '\\')
			buf_addc(b, '\\');
		buf_addc(b, s.s[i]);
	}
	buf_addc(b, '"');
}

static struct str
list_text(struct arena *a, const struct repos *repos)
{
	struct buf b = buf_new(a);

	buf_adds(&b, "[\n");
	for (size_t i = 0; i < repos->n; i++) {
		buf_adds(&b, "  ");
		add_quoted(&b, repos->v[i].name);
		buf_adds(&b, " {");
		add_quoted(&b, repos->v[i].url);
		buf_adds(&b, "}\n");
	}
	buf_adds(&b, "]");
	return buf_str(&b);
}

int
repo_config_write(struct arena *a, const char *root, const struct repos *repos, struct err *e)
{
	const char *path = path_join(a, root, "config");
	const struct opam_item *item;
	struct opam_text t;
	struct buf b = buf_new(a);

	if (read_text(a, path, &t, e) < 0)
		return -1;
	item = field(&t, "repositories");
	if (item) {
		struct opam_span at = item->value->at;

		buf_str_add(&b, str_sub(t.text, 0, at.off));
		buf_str_add(&b, list_text(a, repos));
		buf_str_add(&b, str_sub(t.text, at.off + at.len, t.text.n));
	} else {
		if (!field(&t, "opam-version"))
			buf_adds(&b, "opam-version: \"2.0\"\n");
		buf_str_add(&b, t.text);
		if (t.text.n && t.text.s[t.text.n - 1] != '\n')
			buf_addc(&b, '\n');
		buf_adds(&b, "repositories: ");
		buf_str_add(&b, list_text(a, repos));
		buf_addc(&b, '\n');
	}
	return fs_write(AT_FDCWD, path, buf_str(&b), 0644, true, e);
}
