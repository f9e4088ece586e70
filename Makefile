# Makefile - `make` builds build/pkg and its worker; `make help` lists the targets.
#
# SAN=1 builds with ASan and UBSan, COV=1 for coverage, each in its own object folder; DEV=1 turns
# warnings into errors. CC=clang works.

.DEFAULT_GOAL := all
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
VERSION := 0.1.0

O := build
ifdef SAN
O := build/san
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
endif
ifdef COV
O := build/cov
SANFLAGS := --coverage -O0
endif
ifneq ($(origin CC),default)
O := $(O)/$(notdir $(CC))
endif

CFLAGS ?= -O2 -g
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wwrite-strings -Wformat=2 -Wvla -Wimplicit-fallthrough -Wundef
ifdef DEV
WARN += -Werror
endif
HARDEN := -fPIE
ifeq ($(SANFLAGS),)
HARDEN += -fstack-protector-strong -fcf-protection -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2
endif
ALL_CFLAGS := -std=gnu17 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DPKG_VERSION='"$(VERSION)"' \
	-Isrc -I. $(WARN) $(HARDEN) $(CFLAGS) $(SANFLAGS) -MMD -MP
ALL_LDFLAGS := -pie -Wl,-z,relro,-z,now -Wl,--as-needed $(LDFLAGS) $(SANFLAGS)

PKG_LIBS := libgit2 libsolv libcjson libcrypto libseccomp zlib picosat
WORKER_LIBS := libcurl libarchive libcjson libcrypto zlib
# picosat has no pkg-config file.
libs_of = $(shell pkg-config --libs $(filter-out picosat,$(1))) $(addprefix -l,$(filter picosat,$(1)))

LIB_SRC := $(filter-out src/cli/main.c,$(wildcard src/*/*.c))
WORKER_SRC := $(wildcard src/fetch/worker/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(O)/obj/%.o)
BASE_OBJ := $(filter $(O)/obj/src/base/%,$(LIB_OBJ))
WORKER_OBJ := $(WORKER_SRC:%.c=$(O)/obj/%.o)

# V=1 shows the commands.
Q := $(if $(V),,@)

all: $(O)/pkg $(O)/pkg-fetch

$(O)/pkg: $(O)/obj/src/cli/main.o $(O)/libpkg.a
	@echo 'LD $@'
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs_of,$(PKG_LIBS))

$(O)/pkg-fetch: $(WORKER_OBJ) $(BASE_OBJ)
	@echo 'LD $@'
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs_of,$(WORKER_LIBS))

$(O)/libpkg.a: $(LIB_OBJ)
	@echo 'AR $@'
	$(Q)rm -f $@ && ar rcsD $@ $^

$(O)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	@echo 'CC $<'
	$(Q)$(CC) $(ALL_CFLAGS) -c -o $@ $<

-include $(shell find $(O)/obj -name '*.d' 2>/dev/null)
include tests/tests.mk tools/check.mk

PREFIX ?= /usr/local
install: all
	install -D -m 0755 $(O)/pkg $(DESTDIR)$(PREFIX)/bin/pkg
	install -D -m 0755 $(O)/pkg-fetch $(DESTDIR)$(PREFIX)/libexec/pkg-fetch
	install -D -m 0644 shell/pkg.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/pkg
	install -D -m 0644 shell/_pkg $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_pkg
	install -D -m 0644 shell/pkg.fish $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d/pkg.fish
	install -D -m 0644 shell/enter.sh $(DESTDIR)$(PREFIX)/share/pkg/enter.sh
	install -D -m 0644 shell/enter.fish $(DESTDIR)$(PREFIX)/share/pkg/enter.fish
	for file in schema/*.json; do \
		install -D -m 0644 "$$file" "$(DESTDIR)$(PREFIX)/share/pkg/$$file" || exit 1; done
	for page in man/*.[1-9]; do install -D -m 0644 "$$page" \
		"$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}" || exit 1; done

clean:
	rm -rf build

help:
	@echo 'all        build/pkg and build/pkg-fetch'
	@echo 'demo       the main job: a unikernel is built, booted and traced'
	@echo 'test       unit tests, cases, command lines, the demo (SAN=1: with sanitizers)'
	@echo 'check      floors, sizes, format, shell scripts, man pages, cppcheck, clang-tidy, warnings'
	@echo 'fuzz-NAME  one fuzz target for SECONDS=60 (clang)'
	@echo 'nightly-demo, screens   a night over repository/ with a planted fault; pictures of its report'
	@echo 'bench-solve, bench-parse, bench-index (PKG_DATA=DIR), bench-nightly (N=400)'
	@echo 'install    PREFIX=/usr/local DESTDIR='

.PHONY: all install clean help
