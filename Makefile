# Tandem: every task by name. `make help` lists them.
#
# Objects live in build/<variant>/, so optimised, sanitized, instrumented and
# clang builds never overwrite each other.

V ?= release
B := build/$(V)

PKGS := libuv spandsp jansson sndfile libcyaml yaml-0.1 expat nettle libsystemd \
	libcurl sqlite3
CC   ?= cc
ifeq ($(origin CC),default)
CC   := gcc
endif

WARN := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wcast-qual -Wwrite-strings \
	-Wundef -Wvla -Wformat=2 -Wold-style-definition
# tools/testing/hardening.sh reads from the programs that this took effect.
HARD := -fstack-protector-strong -fstack-clash-protection -fcf-protection=full \
	-fPIE -fno-plt
LDHARD := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code \
	-Wl,--as-needed,--build-id=sha1

OPT_release := -O2 -D_FORTIFY_SOURCE=3
OPT_clang   := -O2 -D_FORTIFY_SOURCE=3
OPT_check   := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined \
	       -fno-sanitize-recover=all
OPT_tsan    := -O1 -fno-omit-frame-pointer -fsanitize=thread
OPT_cover   := -O0 --coverage
OPT_fuzz    := -O1 -fno-omit-frame-pointer \
	       -fsanitize=fuzzer-no-link,address,undefined \
	       -fno-sanitize-recover=all
ifneq (,$(filter $(V),clang fuzz))
CC := clang
endif

# When what is built was last changed: the only time that goes into it.
ifndef SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null || \
	date -r CHANGELOG.md +%s)
endif
export SOURCE_DATE_EPOCH

# Stated by whoever builds outside a checkout, and for "make reproducible".
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# Where the tree lies is no part of what is built from it.
ANYWHERE := -ffile-prefix-map=$(CURDIR)=.

CPPFLAGS += -I. -D_GNU_SOURCE $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
CFLAGS   += -std=c11 -g $(WARN) $(HARD) $(OPT_$(V)) $(ANYWHERE)
LDFLAGS  += $(LDHARD) $(filter -fsanitize=% --coverage,$(OPT_$(V)))
LDLIBS   += $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lwslay \
	    -lhttp_parser -lmbedtls -lmbedx509 -lmbedcrypto -lnettle -lm

SRC   := $(sort $(shell find codecs protocols gateway tools -name '*.c' 2>/dev/null))
# Loaded into programs under test, linked into none.
SHIMS := $(filter %_shim.c,$(SRC))
SRC   := $(filter-out $(SHIMS),$(SRC))
TESTS := $(filter %_test.c,$(SRC))
FUZZ  := $(filter %_fuzz.c,$(SRC))
MAINS := $(filter %/main.c %_main.c,$(SRC))
LIB   := $(filter-out $(TESTS) $(FUZZ) $(MAINS) tools/testing/%,$(SRC))
# What only tests use, and what may need cmocka.
RIG   := $(filter-out $(TESTS) $(MAINS),$(filter tools/testing/%,$(SRC)))

PROGRAMS  := $(B)/tandem $(B)/tandem-call $(B)/tandem-model $(B)/tandem-desk
BENCH     := $(B)/tandem-bench
MEASURES  := $(patsubst %_main.c,$(B)/%,$(filter tools/measure/%_main.c,$(MAINS)))
TESTTOOLS := $(patsubst %_main.c,$(B)/%,$(filter tools/testing/%_main.c,$(MAINS)))
TESTBINS  := $(TESTS:%.c=$(B)/%)
SHIMLIBS  := $(SHIMS:%.c=$(B)/%.so)
FUZZBINS  := $(FUZZ:%.c=build/fuzz/%)

.PHONY: all help setup setup-build setup-package setup-test setup-dev run demo test check \
	race fuzz lint cover testssl codec-table figures bench bench-peers speech install \
	package reproducible manuals clean format tests programs

all: programs

programs: $(PROGRAMS) $(BENCH) $(MEASURES)

help:
	@awk -F ': ' '/^## / { sub("## ", ""); name = $$1; sub("[^:]*: ", ""); \
		printf "%-12s %s\n", name, $$0 }' $(firstword $(MAKEFILE_LIST))

## setup: install the Debian packages that are missing
setup: setup-dev
setup-build setup-package setup-test setup-dev: setup-%:
	@tools/setup.sh $*

## run: set up, build and start the gateway (and a local model without a key; AGENT=NAME for one of deploy/agents)
run: setup-build
	@$(MAKE) --no-print-directory programs
	@AGENT='$(AGENT)' tools/run.sh $(B)

## demo: one judged call over each carrier, unattended
demo: setup-build
	@$(MAKE) --no-print-directory programs
	@tools/demo.sh $(B)

## test: every test; ends on "N passed, M failed"
test: setup-test
	@$(MAKE) --no-print-directory programs tests
	@tools/testing/run-tests.sh $(B)

## check: the same under address and undefined sanitizers, and 10 s of each fuzz target
check: setup-dev
	@$(MAKE) --no-print-directory V=check programs tests
	@$(MAKE) --no-print-directory V=fuzz fuzzers
	@tools/testing/run-tests.sh build/check --fuzz build/fuzz 10

## race: what several threads do, under the thread sanitizer
RACES := gateway/exchange_test gateway/inbox_test gateway/ops/lines_test \
	gateway/siblings_test gateway/live_events_test \
	gateway/carriers/audiocodes_registry_test \
	gateway/carriers/twilio_tickets_test gateway/ops/log_test \
	gateway/carriers/twilio_contexts_test \
	gateway/net/gate_test gateway/net/fetch_test gateway/certificates_test \
	gateway/records/ledger_test gateway/ops/tally_test \
	gateway/carriers/twilio_outbound_test \
	gateway/agents/knowledge_index_test gateway/agents/knowledge_test
race: setup-test
	@$(MAKE) --no-print-directory V=release programs build/release/tools/testing/make_cert
	@$(MAKE) --no-print-directory V=tsan build/tsan/tandem $(RACES:%=build/tsan/%)
	@tools/testing/run-races.sh build/tsan build/release $(RACES)

## fuzz: a minute of each fuzz target (SECONDS=n for more)
SECONDS_EACH ?= $(or $(SECONDS),60)
fuzz: setup-dev
	@$(MAKE) --no-print-directory V=fuzz fuzzers
	@tools/testing/run-fuzz.sh build/fuzz $(SECONDS_EACH)

## lint: warnings as errors with gcc and clang, clang-tidy, cppcheck, walls, length and complexity
lint: setup-dev
	@$(MAKE) --no-print-directory programs tests
	@$(MAKE) --no-print-directory V=clang programs tests
	@tools/testing/lint.sh

## cover: line coverage of every test, as a table
cover: setup-dev
	@$(MAKE) --no-print-directory V=cover programs tests
	@tools/testing/run-tests.sh build/cover
	@tools/testing/cover.sh build/cover

## codec-table: measured quality of the resamplers, G.711 and DTMF
codec-table: setup-build
	@$(MAKE) --no-print-directory programs
	@$(B)/tools/measure/codec_table

## figures: the figures of a call over each carrier: sound, delay, interruption, leaks, lost lines
figures: setup-test
	@$(MAKE) --no-print-directory programs
	@tools/figures.sh $(B)

## bench: what a call costs and how long it takes (ROWS=a,b CALLS=n SECONDS=n ROUNDS=n JSON=file)
bench: setup-build
	@$(MAKE) --no-print-directory programs
	@$(BENCH) run $(if $(word 2,$(shell seq $(shell nproc))),--pin) \
		$(if $(ROWS),--rows $(ROWS)) $(if $(CALLS),--calls $(CALLS)) \
		$(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(JSON),--json $(JSON))

PEER_ROWS := floor-pcm24,twilio-pcm24,floor-pcmu,twilio-pcmu
## bench-peers: the same beside the OpenAI agents SDK's Twilio transport, in one table (needs node and npm)
bench-peers: setup-build
	@$(MAKE) --no-print-directory programs
	@tools/peers/install.sh build/peers
	@$(BENCH) run $(if $(word 2,$(shell seq $(shell nproc))),--pin) \
		--rows $(or $(ROWS),$(PEER_ROWS)) \
		--peer 'agents-sdk=node build/peers/server.mjs' \
		$(if $(CALLS),--calls $(CALLS)) $(if $(SECONDS),--seconds $(SECONDS)) \
		$(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(JSON),--json $(JSON))

## testssl: what testssl.sh finds at the TLS listener (takes some minutes)
testssl: setup-dev
	@$(MAKE) --no-print-directory programs build/release/tools/testing/make_cert
	@tools/testssl.sh $(B)

## speech: synthesise the bundled speech again (needs espeak-ng)
speech:
	@tools/speech.sh test-vectors/speech

PREFIX  ?= /usr/local
CONFDIR ?= /etc/tandem
UNITDIR ?= $(PREFIX)/lib/systemd/system
DOCDIR  ?= $(PREFIX)/share/doc/tandem
MANDIR  ?= $(PREFIX)/share/man
EXAMPLES := $(wildcard $(addprefix deploy/,agents nginx haproxy container kubernetes \
	prometheus grafana))

## install: programs, manual pages, systemd unit and examples below PREFIX (DESTDIR, KEEP_DEBUG=1)
install: programs manuals
	install -d $(addprefix $(DESTDIR),$(PREFIX)/bin $(PREFIX)/share/tandem \
		$(UNITDIR) $(DOCDIR)/examples \
		$(MANDIR)/man1 $(MANDIR)/man5 $(MANDIR)/man8)
	install -m 755 $(PROGRAMS) $(BENCH) $(DESTDIR)$(PREFIX)/bin
	$(if $(KEEP_DEBUG),,tools/separate_debug.sh $(addprefix \
		$(DESTDIR)$(PREFIX)/bin/,$(notdir $(PROGRAMS) $(BENCH))))
	install -m 644 deploy/tandem.yaml $(DESTDIR)$(PREFIX)/share/tandem
	for page in $(MANUALS); do \
		install -m 644 $$page $(DESTDIR)$(MANDIR)/man$${page##*.} || exit; \
	done
	for unit in deploy/systemd/tandem.service deploy/systemd/tandem.socket; do \
		sed 's|/usr/bin/tandem|$(PREFIX)/bin/tandem|; s|/etc/tandem|$(CONFDIR)|' \
			$$unit >$(DESTDIR)$(UNITDIR)/$${unit##*/} || exit; \
		chmod 644 $(DESTDIR)$(UNITDIR)/$${unit##*/}; \
	done
	for file in $$(find $(EXAMPLES) -type f); do \
		install -D -m 644 $$file \
			$(DESTDIR)$(DOCDIR)/examples/$${file#deploy/} || exit; \
	done

## package: build/tandem_VERSION_ARCH.deb
package: setup-package
	@$(MAKE) --no-print-directory V=release programs manuals
	@tools/package.sh '$(VERSION)'

## reproducible: build twice, in two places and at two times, and compare every byte
reproducible: setup-package
	@tools/reproducible.sh '$(VERSION)'

## format: lay the code out by .clang-format
format:
	clang-format -i $(shell find codecs protocols gateway tools -name '*.[ch]')

## clean: remove build/
clean:
	rm -rf build

tests: $(TESTBINS) $(TESTTOOLS) $(SHIMLIBS) manuals
.PHONY: fuzzers
fuzzers: $(FUZZBINS)

$(B)/libtandem.a: $(LIB:%.c=$(B)/%.o)
	@rm -f $@
	@ar rcsD $@ $^

$(B)/libtesting.a: $(RIG:%.c=$(B)/%.o)
	@rm -f $@
	@ar rcsD $@ $^

$(B)/tandem: $(B)/gateway/main.o $(B)/libtandem.a
$(B)/tandem-call: $(B)/tools/call/main.o $(B)/libtandem.a
$(B)/tandem-model: $(B)/tools/model/main.o $(B)/libtandem.a
$(B)/tandem-desk: $(B)/tools/desk/main.o $(B)/libtandem.a
# Its model server makes a certificate for itself.
$(BENCH): $(B)/tools/bench/main.o $(B)/libtandem.a $(B)/libtesting.a
$(PROGRAMS) $(BENCH) $(MEASURES) $(TESTTOOLS):
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(MEASURES): $(B)/%: $(B)/%_main.o $(B)/libtandem.a
$(TESTTOOLS): $(B)/%: $(B)/%_main.o $(B)/libtesting.a $(B)/libtandem.a

$(TESTBINS): $(B)/%: $(B)/%.o $(B)/libtesting.a $(B)/libtandem.a
	@echo "  LD    $@"
	@$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS) -lcmocka

build/fuzz/%_fuzz: build/fuzz/%_fuzz.o build/fuzz/libtesting.a build/fuzz/libtandem.a
	@echo "  LD    $@"
	@clang -fsanitize=fuzzer,address,undefined $(LDHARD) -o $@ $^ $(LDLIBS)

# Flags are a prerequisite: changing them rebuilds.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(CC) $(CPPFLAGS) $(CFLAGS)' | cmp -s - $@ || \
		echo '$(CC) $(CPPFLAGS) $(CFLAGS)' > $@
.PHONY: FORCE

$(B)/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	@echo "  CC    $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

$(SHIMLIBS): $(B)/%.so: %.c $(B)/flags
	@mkdir -p $(@D)
	@echo "  LD    $@"
	@$(CC) -shared -fPIC -O2 -std=c11 -g $(WARN) -D_GNU_SOURCE -o $@ $<

# Recordings the assembler copies in are no header: the compiler does not tell.
$(B)/tools/model/model_voice_data.o: $(wildcard test-vectors/speech/*.wav)
$(B)/tools/call/caller_speech.o: $(wildcard test-vectors/speech/caller-*.wav)
$(B)/tools/call/caller_scenario.o: test-vectors/scenarios/call-demonstration.yaml

# Options and keys in manual pages come from the programs and the example.
MANUALS := $(patsubst deploy/man/%,$(B)/man/%,$(wildcard deploy/man/*.[158]))
MANDATE  = $(shell LC_ALL=C date -u -d @$(SOURCE_DATE_EPOCH) '+%B %-d, %Y')
manuals: $(MANUALS)

$(B)/man/tandem.yaml.5: deploy/man/tandem.yaml.5 deploy/man/keys.awk deploy/man/line.awk deploy/tandem.yaml
	@mkdir -p $(@D)
	@awk -v example=deploy/tandem.yaml -f deploy/man/line.awk -f deploy/man/keys.awk $< | \
		sed 's/\$$Mdocdate\$$/$(MANDATE)/' >$@

$(filter-out %.yaml.5,$(MANUALS)): $(B)/man/%: deploy/man/% deploy/man/options.awk deploy/man/line.awk $(PROGRAMS) $(BENCH)
	@mkdir -p $(@D)
	@$(B)/$(basename $*) --help >$@.help
	@awk -v help=$@.help -f deploy/man/line.awk -f deploy/man/options.awk $< | \
		sed 's/\$$Mdocdate\$$/$(MANDATE)/' >$@

# What the programs say about themselves changes with the commit, not the flags.
$(B)/gateway/ops/version.o: CPPFLAGS += -DTANDEM_VERSION='"$(VERSION)"'

-include $(SRC:%.c=$(B)/%.d)

.SECONDARY:
.DELETE_ON_ERROR:
# Sub-makes share the first one's jobs.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif
