/* sandbox.h - one command in a closed room: bubblewrap with an argv that we build.
 *
 * Inside there are the system's /usr, a few files of /etc, a private /tmp, HOME and host name, no
 * network, and what the caller binds. Abilities are tried for real, once for a command:
 *
 *	struct sandbox s;
 *	if (sandbox_probe(a, path, &s, e) < 0) ...	ERR_SANDBOX says what is missing and what to do
 *	if (sandbox_run(a, &s, &run, &result, e) < 0) ...
 */
#ifndef BUILD_SANDBOX_H
#define BUILD_SANDBOX_H

#include "base/proc.h"

/* What a machine may lack, and its name in a level. */
#define SANDBOX_ABILITIES(X)                                                                                 \
	X(USER, "user")                                                                                      \
	X(PID, "pid")                                                                                        \
	X(PROC, "proc")                                                                                      \
	X(IPC, "ipc")                                                                                        \
	X(UTS, "uts")                                                                                        \
	X(SECCOMP, "seccomp")

enum sandbox_ability {
#define SANDBOX_ENUM(id, text) SANDBOX_##id,
	SANDBOX_ABILITIES(SANDBOX_ENUM)
#undef SANDBOX_ENUM
		SANDBOX_ABILITY_COUNT
};

struct sandbox {
	const char *bwrap;
	bool has[SANDBOX_ABILITY_COUNT];
	bool net;            /* only a probe goes without */
	bool disable_userns; /* bwrap can forbid nested user namespaces itself */
	struct str filter;   /* the seccomp program */
	const char *base;    /* a prepared root that stands in the system's place; NULL: the system */
	const char **host;   /* arguments that show the system's folders */
	size_t host_count;
	struct str level; /* "full", or "reduced: pid, proc" */
};
int sandbox_probe(struct arena *a, const char *search_path, struct sandbox *out, struct err *e);
/* The same over an unpacked base image, which nothing can write to. */
int sandbox_probe_base(struct arena *a, const char *search_path, const char *base, struct sandbox *out,
		       struct err *e);
/* Gives an unpacked base image the places where a room mounts something, and the room's files of /etc.
 * Never writes through a link in it (sandbox_base.c). */
int sandbox_base_prepare(struct arena *a, const char *base, struct err *e);

/* Files of a room's /etc: the same on every machine. */
struct sandbox_file {
	const char *path, *text;
};
enum { SANDBOX_ETC_COUNT = 4 };
extern const struct sandbox_file sandbox_etc[SANDBOX_ETC_COUNT];

/* The name and number that a build has, whoever runs it. */
#define SANDBOX_USER_NAME "pkg"
enum { SANDBOX_UID = 1000 };
#define SANDBOX_PATH "/usr/bin:/bin"
#define SANDBOX_HOME "/homeless"

struct sandbox_bind {
	const char *from, *to;
	bool writable;
};
struct sandbox_run {
	const char *const *argv; /* inside */
	const char *const *env;  /* all of it, NAME=VALUE */
	const char *cwd;         /* inside */
	const struct sandbox_bind *binds;
	size_t bind_count;
	unsigned timeout, silence;
	/* In the child, outside of the room: mounts what the binds name. May be NULL. */
	int (*in_child)(void *ctx);
	void *ctx;
	/* Gets the output as it comes; NULL: it is in r->out, 16 MiB at most. */
	void (*on_output)(void *ctx, struct str piece);
	void *output_ctx;
};
/* stdout and stderr are one stream. */
int sandbox_run(struct arena *a, const struct sandbox *s, const struct sandbox_run *run,
		struct proc_result *r, struct err *e);

/* The seccomp program for this machine (seccomp.c); empty when libseccomp does not know it. */
int sandbox_filter(struct arena *a, struct str *out, struct err *e);

#endif
