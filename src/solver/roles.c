#include "solver/roles.h"

#include "base/buf.h"

const struct role_word role_words[] = {
	{EDGE_BUILD, "build"}, {EDGE_DEV_SETUP, "dev-setup"}, {EDGE_DOC, "doc"},
	{EDGE_OPT, "opt"},     {EDGE_POST, "post"},           {EDGE_TEST, "test"},
};
const size_t role_word_count = COUNT_OF(role_words);

struct str
roles_text(struct arena *a, unsigned roles)
{
	struct buf b = buf_new(a);

	for (size_t i = 0; i < COUNT_OF(role_words); i++)
		if (roles & role_words[i].role)
			buf_printf(&b, "%s%s", b.n ? " " : "", role_words[i].word);
	return buf_str(&b);
}

unsigned
roles_of(struct str text)
{
	unsigned roles = 0;
	struct str word;

	while (str_cut(&text, ' ', &word))
		for (size_t i = 0; i < COUNT_OF(role_words); i++)
			if (str_is(word, role_words[i].word))
				roles |= role_words[i].role;
	return roles;
}
