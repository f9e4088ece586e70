# lwIP for the target "Xen PVH": core, IPv4, Ethernet and the port beside
# this file.  lwIP is configured when it is compiled, so its configuration
# (lwipopts.h) is installed with it and holds for everything built against it.
#	make -f port.mk && make -f port.mk install PREFIX=...

PREFIX	= /usr/local
CC	= xen-cc
CFLAGS	= -O2 -Wall -I. -Isrc/include -I$(PREFIX)/lib/xen-platform/include

SOURCES	= $(sort $(wildcard src/core/*.c src/core/ipv4/*.c) \
	  src/netif/ethernet.c xenif.c)
OBJS	= $(SOURCES:.c=.o)

all: liblwip.a

liblwip.a: $(OBJS)
	rm -f $@
	ar rcsD $@ $(OBJS)

%.o: %.c lwipopts.h arch/cc.h xenif.h
	$(CC) $(CFLAGS) -c $< -o $@

arch/cc.h: cc.h
	mkdir -p arch
	cp cc.h $@

install: all
	mkdir -p $(PREFIX)/lib/lwip/include $(PREFIX)/doc/lwip
	install -m 644 COPYING $(PREFIX)/doc/lwip
	install -m 644 liblwip.a $(PREFIX)/lib/lwip
	cp -R src/include/lwip src/include/netif arch $(PREFIX)/lib/lwip/include
	install -m 644 lwipopts.h xenif.h $(PREFIX)/lib/lwip/include

clean:
	rm -rf $(OBJS) liblwip.a arch

.PHONY: all install clean
