/* answer.h - the errors that the worker can report, the one thing both programs share.
 *
 * Requests and answers are JSON lines. Request: {"job":"download"|"unpack", ...}. Answers:
 * {"event":"progress","bytes":N}, then {"event":"done",...} or {"event":"error","id":ID,"message":TEXT}.
 * A download may be asked with "etag" and "modified" of an earlier answer; when the server says that
 * nothing else is there now, the answer has "not_modified":true, and the file stays empty.
 */
#ifndef FETCH_WORKER_ANSWER_H
#define FETCH_WORKER_ANSWER_H

#include "base/err.h"

/* What it is called on the pipe, and what `pkg` makes of it. */
#define WORKER_ERRORS(X)                                                                                     \
	X(REQUEST, "request", ERR_BUG)     /* the request itself makes no sense */                           \
	X(SANDBOX, "sandbox", ERR_SANDBOX) /* this kernel cannot confine the worker */                       \
	X(DISK, "disk", ERR_SYSTEM)        /* writing failed: disk full, I/O error */                        \
	X(MEMORY, "memory", ERR_SYSTEM)    /* no memory outside an archive's doing */                        \
	X(RESOLVE, "resolve", ERR_FETCH)   /* no such host */                                                \
	X(CONNECT, "connect", ERR_FETCH)   /* no connection, or it broke */                                  \
	X(TLS, "tls", ERR_FETCH)           /* the server's certificate does not hold */                      \
	X(HTTP, "http", ERR_FETCH)         /* the server answered with an error */                           \
	X(TIMEOUT, "timeout", ERR_FETCH)   /* too slow to connect or to send */                              \
	X(PROTOCOL, "protocol", ERR_FETCH) /* a scheme or a redirect that is not followed */                 \
	X(SIZE, "size", ERR_FETCH)         /* larger than allowed */                                         \
	X(LIMIT, "limit", ERR_FETCH)       /* unpacks to more than allowed */                                \
	X(ENTRY, "entry", ERR_FETCH)       /* an entry that is refused */                                    \
	X(ARCHIVE, "archive", ERR_FETCH)   /* no archive, or a damaged one */

enum worker_error {
#define WORKER_ENUM(id, text, code) WORKER_##id,
	WORKER_ERRORS(WORKER_ENUM)
#undef WORKER_ENUM
};

#endif
