#include "base/buf.h"
#include "cli/environ.h"
#include "cli/ctx.h"
#include "cli/out.h"

/* 'text' with every ' written as '\'' */
static struct str
quoted(struct ctx *c, struct str text)
{
	struct buf b = buf_new(c->a);

	buf_addc(&b, '\'');
	for (size_t i = 0; i < text.n; i++)
		if (text.s[i] == '\'')
			buf_adds(&b, "'\\''");
		else
			buf_addc(&b, text.s[i]);
	buf_addc(&b, '\'');
	return buf_str(&b);
}

int
cmd_env(struct ctx *c, int argc, char **argv, struct err *e)
{
	struct opam_strings variables = {0};
	struct json j;
	int n;

	if (cmd_options(c, NULL, argc, argv, &n, e) < 0)
		return -1;
	if (n < 0)
		return 0;
	if (n > 0)
		return err_set(e, ERR_USAGE, "env takes no argument"), err_hint(e, "eval \"$(pkg env)\"");
	if (environ_of(c, &variables, e) < 0)
		return -1;
	if (c->global.json) {
		j = out_json_open(c);
		json_key_object(&j, "variables");
	}
	for (size_t i = 0; i < variables.n; i++) {
		struct str value = variables.v[i], name = {0};

		str_cut(&value, '=', &name);
		if (c->global.json) {
			json_name(&j, str_c(c->a, name));
			json_add_str(&j, value);
		} else {
			out("%.*s=%.*s; export %.*s;\n", STR_ARG(name), STR_ARG(quoted(c, value)), STR_ARG(name));
		}
	}
	if (c->global.json) {
		json_end(&j);
		out_json_close(c, &j, NULL);
	}
	return 0;
}
