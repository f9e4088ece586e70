# tests.mk - `make test`: everything prints TAP, `prove` reads it and closes with "Result: PASS".

UNIT_SRC := $(wildcard tests/unit/*.c)
UNIT_BIN := $(UNIT_SRC:tests/unit/%.c=$(O)/unit/%)
# Tests that need the real binary, in the order of their cost.
CLI_TESTS := $(wildcard tests/cli/*.t)
PROVE := prove --failures

$(O)/unit/%: $(O)/obj/tests/unit/%.o $(O)/libpkg.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs_of,$(PKG_LIBS))

# Runs every vector of a folder: `tests/vectors DIR`.
tests/vectors: $(O)/obj/tests/vectors.o $(O)/obj/tests/solve_vectors.o $(O)/libpkg.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs_of,$(PKG_LIBS))
$(O)/vectors: $(O)/obj/tests/vectors.o $(O)/obj/tests/solve_vectors.o $(O)/libpkg.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs_of,$(PKG_LIBS))

# make bench-solve, bench-index, bench-parse: against $PKG_DATA, in a bare clone of its bundle. EVERY=10:
# bench-index runs pkg for every tenth name.
$(O)/bench-%: $(O)/obj/tests/bench-%.o $(O)/libpkg.a
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs_of,$(PKG_LIBS))
build/bench.git:
	git clone -q --bare "$(PKG_DATA)/opam-repository-metadata.bundle" $@
bench-%: $(O)/bench-% build/bench.git
	PKG=$(abspath $(O))/pkg $< build/bench.git
bench-index: all
bench-solve: bench-index

# Listing, searching and showing in the same repository.
bench-list: all build/bench.git
	PKG_BUILD=$(abspath $(O)) sh tests/bench-list.sh build/bench.git

FUZZ_SRC := $(filter-out tests/fuzz/replay.c,$(wildcard tests/fuzz/*.c))
FUZZ_NAMES := $(FUZZ_SRC:tests/fuzz/%.c=%)
$(O)/fuzz/replay-%: $(O)/obj/tests/fuzz/%.o $(O)/obj/tests/fuzz/replay.o $(O)/libpkg.a
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_LDFLAGS) -o $@ $^ $(call libs_of,$(PKG_LIBS))
FUZZ_BIN := $(FUZZ_NAMES:%=$(O)/fuzz/replay-%)

SECONDS := 60
fuzz-%:
	@mkdir -p build/fuzz
	clang -g -O1 -std=gnu17 -D_GNU_SOURCE -Isrc -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all -o build/fuzz/$* tests/fuzz/$*.c src/opam/*.c src/base/*.c \
		$(call libs_of,libcjson libcrypto zlib)
	build/fuzz/$* -max_total_time=$(SECONDS) -max_len=8192 tests/fuzz/corpus/$*

tests-built: all $(UNIT_BIN) $(O)/vectors $(FUZZ_BIN)

test: tests-built
	PKG_BUILD=$(abspath $(O)) $(PROVE) --exec '' $(UNIT_BIN) tests/run-vectors tests/run-corpora $(CLI_TESTS)

demo: all
	PKG_BUILD=$(abspath $(O)) sh tests/demo.sh

nightly-demo: all
	PKG_BUILD=$(abspath $(O)) sh tests/nightly-demo.sh

# Trivial packages in containers: CPU and wall per package, peak memory. N=400.
bench-nightly: all
	PKG_BUILD=$(abspath $(O)) N=$(N) sh tests/bench-nightly.sh

# Pictures of the nightly report, by headless Chromium.
screens: all
	PKG_BUILD=$(abspath $(O)) sh tests/screens.sh

.PHONY: test tests-built demo nightly-demo bench-nightly screens
.SECONDARY:
