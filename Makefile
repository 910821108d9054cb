# The front door. `make help` says what there is; everything else is cargo's or xtask's.

PREFIX     ?= /usr/local
DESTDIR    ?=
BINDIR     ?= $(PREFIX)/bin
LIBEXECDIR ?= $(PREFIX)/libexec/cryopod
MANDIR     ?= $(PREFIX)/share/man
BASHDIR    ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR     ?= $(PREFIX)/share/zsh/site-functions
FISHDIR    ?= $(PREFIX)/share/fish/vendor_completions.d
CARGO      ?= cargo
INSTALL    ?= install
TARGET     := $(or $(CARGO_TARGET_DIR),target)

.PHONY: help build demo test endurance fuzz bench install uninstall fmt lint man completions clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build the release binaries
	$(CARGO) build --release --package cryopod-cli --package conmon-rs

demo: build ## Freeze a web server on one host, thaw it on another (needs root, apt, Rust)
	$(CARGO) xtask e2e --profile release --demo

# The task's own program is compiled as it compiles everything (xtask/src/gate.rs), so that it is once.
test: export RUSTC_WORKSPACE_WRAPPER := clippy-driver
test: export CLIPPY_ARGS := -D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__
test: ## Run everything that CI runs: style, rules, unit and end-to-end tests (needs root)
	$(CARGO) xtask test

endurance: ## Freeze and thaw 20 containers 500 times with kills in between (needs root, a quarter of an hour)
	$(CARGO) xtask e2e --endurance -- --nocapture

fuzz: ## Search the readers of archives and images for what breaks them (FUZZ="--seconds 3600 criu_images")
	$(CARGO) xtask fuzz $(FUZZ)

bench: ## Compare with Podman in a throw-away host (BENCH="--runs 9 --megabytes 100")
	$(CARGO) xtask bench $(BENCH)

fmt: ## Format the source
	$(CARGO) fmt --all

lint: ## Check format, lints, layers and sizes
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) xtask layers
	$(CARGO) xtask tidy

man: ## Make roff pages from docs/man into target/man
	$(CARGO) xtask man

completions: ## Make completions/ anew from the command's own arguments
	$(CARGO) xtask completions

install: build man ## Install into $(DESTDIR)$(PREFIX)
	$(INSTALL) -D -m 755 $(TARGET)/release/cryopod $(DESTDIR)$(BINDIR)/cryopod
	$(INSTALL) -D -m 755 $(TARGET)/release/conmon-rs $(DESTDIR)$(LIBEXECDIR)/conmon-rs
	$(INSTALL) -d $(DESTDIR)$(MANDIR)/man1
	$(INSTALL) -m 644 target/man/*.1 $(DESTDIR)$(MANDIR)/man1/
	$(INSTALL) -d $(DESTDIR)$(MANDIR)/man8
	$(INSTALL) -m 644 target/man/*.8 $(DESTDIR)$(MANDIR)/man8/
	$(INSTALL) -D -m 644 completions/bash/cryopod $(DESTDIR)$(BASHDIR)/cryopod
	$(INSTALL) -D -m 644 completions/zsh/_cryopod $(DESTDIR)$(ZSHDIR)/_cryopod
	$(INSTALL) -D -m 644 completions/fish/cryopod.fish $(DESTDIR)$(FISHDIR)/cryopod.fish

uninstall: ## Remove what install put there
	rm -f $(DESTDIR)$(BINDIR)/cryopod $(DESTDIR)$(LIBEXECDIR)/conmon-rs $(DESTDIR)$(MANDIR)/man1/cryopod*.1 $(DESTDIR)$(MANDIR)/man8/conmon-rs.8
	rm -f $(DESTDIR)$(BASHDIR)/cryopod $(DESTDIR)$(ZSHDIR)/_cryopod $(DESTDIR)$(FISHDIR)/cryopod.fish

clean: ## Remove what was built (cached hosts stay: ~/.cache/cryopod)
	$(CARGO) clean
