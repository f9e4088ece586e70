/* cc.h - what lwIP asks of compiler and machine. */
#ifndef XEN_LWIP_CC_H
#define XEN_LWIP_CC_H

#include "platform/entropy.h"
#include "platform/halt.h"

#define BYTE_ORDER		LITTLE_ENDIAN

#define LWIP_NO_INTTYPES_H	1
#define LWIP_NO_CTYPE_H		1
#define X8_F			"02x"
#define U16_F			"u"
#define S16_F			"d"
#define X16_F			"x"
#define U32_F			"u"
#define S32_F			"d"
#define X32_F			"x"
#define SZT_F			"lu"

/* There is one thread, and interrupts call nothing of lwIP. */
#define SYS_ARCH_DECL_PROTECT(x)
#define SYS_ARCH_PROTECT(x)
#define SYS_ARCH_UNPROTECT(x)

#define LWIP_RAND()		entropy_u32()
#define LWIP_PLATFORM_DIAG(x)	do { } while (0)
#define LWIP_PLATFORM_ASSERT(x)	panic("lwIP: %s", x)

#endif
