# Everything a person types. `make` alone shows the list; each target sets up what it needs and
# a second call is instant. Nothing but Python 3.11+, make and git is assumed.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
STARTED := $(shell date +%s)

# The first Python on this machine that is new enough; `make PYTHON=/path/to/python3 run` overrules it.
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$p"; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
LOCKS := requirements
# Two workers: as many as the smallest machine that builds this has cores.
WORKERS ?= 2
DAYS ?=
MINUTES ?= 30
PORT ?=

# Install lock files, each line of which carries its hashes. uv takes a third of pip's time; where uv
# has no wheel or fails, pip does the same from the same hashes.
define install
{ [ -x $(BIN)/uv ] || $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(LOCKS)/uv.txt; } && \
VIRTUAL_ENV=$(abspath $(VENV)) UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip install -q --no-config --require-hashes $(1) || \
{ echo "uv could not; installing with pip"; \
$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes $(1); }
endef

.PHONY: help run demo test lint types contracts check fix bench fire audit-example docs diagrams wheel lock browser pooler postfix dovecot node-sdk mutations clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.made-stamp:
	@[ -n "$(PYTHON)" ] || { echo "Makegood needs Python 3.11 or newer and found none on the PATH."; \
		echo "Install one (https://www.python.org/downloads/), or say where it is: make PYTHON=/path/to/python3 run"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is older than Python 3.11, which Makegood needs."; exit 1; }
	@echo "Making $(VENV) with $$("$(PYTHON)" --version)"
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@

$(VENV)/.run-stamp: $(VENV)/.made-stamp $(LOCKS)/run.txt $(LOCKS)/build.txt $(LOCKS)/data.txt $(LOCKS)/uv.txt pyproject.toml
	@echo "Installing Makegood (hashes checked)"
	@$(call install,-r $(LOCKS)/run.txt -r $(LOCKS)/build.txt)
	@$(call install,--no-build-isolation --no-deps -r $(LOCKS)/data.txt)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.dev-stamp: $(VENV)/.run-stamp $(LOCKS)/dev.txt $(LOCKS)/worlds.txt $(LOCKS)/engines.txt
	@echo "Installing what the tests need (hashes checked)"
	@$(call install,-r $(LOCKS)/dev.txt)
	@$(call install,--no-deps -r $(LOCKS)/worlds.txt -r $(LOCKS)/engines.txt)
	@touch $@

run: $(VENV)/.run-stamp ## Set up, open on the missing car, then play the storm (PORT=8001 elsewhere)
	@echo "Set up after $$(( $$(date +%s) - $(STARTED) )) s; $(VENV) holds $$(du -sm $(VENV) | cut -f1) MB."
	@$(BIN)/makegood demo --serve $(if $(PORT),--port $(PORT)) $(if $(DAYS),--days $(DAYS))

demo: $(VENV)/.run-stamp ## Play the storm without a server; ends by itself
	@$(BIN)/makegood demo $(if $(DAYS),--days $(DAYS))

test: $(VENV)/.dev-stamp ## Run all tests, on SQLite and on PostgreSQL
	@$(BIN)/pytest -n $(WORKERS) --dist loadgroup $(ARGS)

lint: $(VENV)/.dev-stamp ## Check format, style, spelling and the rule books
	@$(BIN)/ruff format --check --quiet --output-format concise . || { echo "Not formatted; 'make fix' does it."; exit 1; }
	@$(BIN)/ruff check --quiet --output-format concise .
	@$(BIN)/typos --format brief
	@for book in $$(grep -rlE '^makegood: [0-9]' src --include='*.yaml' --include='*.yml'); do \
		$(BIN)/makegood check "$$book" || exit 1; done

types: $(VENV)/.dev-stamp ## Check the types, strictly
	@$(BIN)/mypy

contracts: $(VENV)/.dev-stamp ## Check who may import whom
	@$(BIN)/lint-imports --no-cache

check: lint types contracts test ## What CI runs: lint, types, contracts, test

mutations: $(VENV)/.dev-stamp ## Seed known faults; each must turn its tests red
	@$(BIN)/python -m tests.mutations.run $(ARGS)

fix: $(VENV)/.dev-stamp ## Format and repair what a tool can
	@$(BIN)/ruff check --quiet --fix . ; $(BIN)/ruff format --quiet .

bench: $(VENV)/.dev-stamp ## Measure the hot paths and print the table
	@$(BIN)/python -m benchmarks

fire: $(VENV)/.dev-stamp ## Set a deployment on fire and judge what came of it (MINUTES=30, ARGS="--seed 7")
	@$(BIN)/python -m tests.fire --minutes $(MINUTES) $(ARGS)

audit-example: $(VENV)/.run-stamp ## Audit the shipped example exports into audit-example.html
	@$(BIN)/makegood audit --failures examples/audit/failures.csv --sends examples/audit/sends.csv -o audit-example.html

docs: $(VENV)/.dev-stamp ## Build the documentation into site/
	@$(BIN)/zensical build --strict

diagrams: $(VENV)/.dev-stamp ## Draw the diagrams in the documentation again, from the code
	@$(BIN)/python -m tests.architecture.test_state_machine_page

wheel: $(VENV)/.dev-stamp ## Build the wheel into dist/
	@$(BIN)/python -m build --no-isolation --wheel --outdir dist .

lock: $(VENV)/.made-stamp ## Resolve the pinned requirements again, with hashes
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r $(LOCKS)/uv.txt
	@UV=$(BIN)/uv sh requirements/lock.sh

# Install Debian's packages where a program is absent; only the superuser can.
define debian
if command -v $(1) >/dev/null || [ -x /usr/sbin/$(1) ]; then echo "$(1) is here"; \
elif [ "$$(id -u)" != 0 ]; then echo "$(1) is absent; as root: apt-get install $(1)"; exit 1; \
else for try in 1 2 3; do apt-get update -qq && break; sleep $$((try * 5)); done; \
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null; fi
endef

browser: ## Install Debian's Chromium for the browser tests, where it is absent
	@$(call debian,chromium)

pooler: ## Install Debian's PgBouncer for the tests behind a pooler, where it is absent
	@$(call debian,pgbouncer)

postfix: ## Install Debian's Postfix for the tests of the SMTP gate, where it is absent
	@$(call debian,postfix)

dovecot: ## Install Debian's Dovecot for the tests of fetching mail, where it is absent
	@if command -v dovecot >/dev/null || [ -x /usr/sbin/dovecot ]; then echo "dovecot is here"; else $(call debian,dovecot-imapd); fi

node-sdk: ## Install Segment's library for Node for the tests that send with it, where Node is
	@$(call debian,npm)
	@cd tests/sdks/node && if [ node_modules/.stamp -nt package-lock.json ]; then echo "the library for Node is here"; \
	else for try in 1 2 3; do npm ci --no-audit --no-fund --silent && break; sleep $$((try * 5)); done; touch node_modules/.stamp; fi

clean: ## Remove what was built and installed
	@rm -rf $(VENV) build dist site htmlcov .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
