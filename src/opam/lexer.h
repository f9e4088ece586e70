/* lexer.h - text to tokens; internal to opam/. A string without escapes stays in the text. */
#ifndef OPAM_LEXER_H
#define OPAM_LEXER_H

#include "opam/value.h"

enum token_kind {
	TOKEN_END,
	TOKEN_ERROR, /* s: what is wrong */
	TOKEN_IDENT,
	TOKEN_STRING,
	TOKEN_INT,
	TOKEN_BOOL,
	TOKEN_RELOP,
	TOKEN_ENVOP,
	TOKEN_NOT,
	TOKEN_DEFINED,
	TOKEN_AND,
	TOKEN_OR,
	TOKEN_COLON,
	TOKEN_LBRACE,
	TOKEN_RBRACE,
	TOKEN_LBRACKET,
	TOKEN_RBRACKET,
	TOKEN_LPAR,
	TOKEN_RPAR,
};

struct token {
	enum token_kind kind;
	unsigned op; /* of a comparison or an update */
	struct opam_span at;
	struct str s;
	int64_t i; /* of an integer; of a boolean 0 or 1 */
};

struct lexer {
	struct arena *a;
	const char *start, *p, *end;
};

/* The next token; after the end or an error, the same again. */
void opam_lex(struct lexer *l, struct token *out);

#endif
