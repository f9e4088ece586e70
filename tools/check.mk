# check.mk - `make check`: what can be said of the sources without running them.

SHELL_FILES := bootstrap shell/enter.sh .ci/run $(wildcard tools/*.sh tests/*.sh tests/run-* tests/cli/*.t tests/cli/*.sh \
	tests/unikernel/*.sh tests/unikernel/*.t)
C_FILES = $(shell find src tests -name '*.[ch]')

check: layers sizes cmds format shellcheck manlint cppcheck tidy warnings
	@echo 'check: all good'

layers:
	sh tools/layers.sh
	sh tools/layers.sh --self-test

sizes:
	sh tools/size.sh

cmds:
	sh tools/cmds.sh

# Each version of clang-format has a layout of its own.
format:
	@if clang-format --version | grep -q 'version 14\.'; then \
		echo 'clang-format' && clang-format --dry-run --Werror $(C_FILES); \
	else \
		echo 'clang-format: skipped: the layout is that of version 14, Debian 12'; \
	fi

shellcheck:
	shellcheck -s sh $(SHELL_FILES)
	shellcheck -s bash shell/pkg.bash

manlint:
	mandoc -T lint -W warning man/*.[1-9]

cppcheck:
	cppcheck -q -j $$(nproc) --enable=warning,portability --inline-suppr --error-exitcode=1 \
		--suppress=normalCheckLevelMaxBranches '-D__has_include(x)=1' \
		-Isrc -D_GNU_SOURCE -DPKG_VERSION='""' src

tidy:
	@echo 'clang-tidy'
	@sh tools/tidy.sh $(filter %.c,$(C_FILES))
	sh tools/tidy.sh --self-test

warnings:
	$(MAKE) DEV=1 CC=gcc tests-built
	$(MAKE) DEV=1 CC=clang tests-built

.PHONY: check layers sizes cmds format shellcheck manlint cppcheck tidy warnings
