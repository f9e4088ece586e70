/* macros.h - the few compiler attributes that the whole tree uses. */
#ifndef BASE_MACROS_H
#define BASE_MACROS_H

#include <stddef.h>

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define COUNT_OF(array) (sizeof(array) / sizeof(*(array)))
#define UNUSED __attribute__((unused))

/* AUTO(T) frees its handle at the end of the scope; T_auto_free is declared once, beside T, by
 * AUTO_DEFINE. The typed pointer matters: analysers report false leaks with void *. */
#define AUTO(T) __attribute__((cleanup(T##_auto_free))) T *
#define AUTO_DEFINE(T, free_fn)                                                                              \
	static inline void T##_auto_free(T **handle)                                                         \
	{                                                                                                    \
		if (*handle)                                                                                 \
			free_fn(*handle);                                                                    \
	}

/* AUTO_FD closes a descriptor at the end of the scope; -1 means none. */
void fd_auto_close(int *fd);
#define AUTO_FD __attribute__((cleanup(fd_auto_close))) int

#endif
