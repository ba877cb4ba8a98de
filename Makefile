# `make` alone lists the verbs. Needs Python 3.11+, make and git; everything else is set up here, in .venv.

PYTHON ?= python3
BIN := .venv/bin
SETTINGS := ACCOIL_DATA=$(CURDIR)/.check-data
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# What several tests stand on (a group) is made by one process. Whole servers and browsers mostly wait, so more of them
# than processors are at work at once.
PYTEST := $(BIN)/python -m pytest --dist loadgroup --numprocesses
CPUS := $(shell $(PYTHON) -c "import os; print(os.cpu_count())")
A_FEW_MORE := $(shell expr $(CPUS) + 1)
# Whole servers and a browser share a machine with whatever else runs there: a test that fails is tried again (twice at most) and listed as
# "rerun". One that is listed twice in a week is a fault, of the product until shown otherwise.
TRIED_AGAIN := --reruns 2 -r aR
PORT ?= 8000

# Servers, commands and workers of tests would each compile the whole program anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test test-postgres test-clickhouse check soak bench screenshots lock clean browser clients clickhouse

help: ## list the verbs
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

run: .venv/ready ## serve the demo company on this computer; PORT=8000
	$(BIN)/accoil demo --port $(PORT)

test: .venv/ready-for-tests browser clients clickhouse check ## everything that proves the product (not the long runs)
	$(PYTEST) $(A_FEW_MORE) $(TRIED_AGAIN) -m "not soak" tests/browser  # on their own: the browser's event loop would stop Django's in other tests
	$(PYTEST) $(A_FEW_MORE) $(TRIED_AGAIN) -m "not soak" tests/journey  # on their own too: their servers are killed, starved and flooded
	RANDOM_WORLDS=$${RANDOM_WORLDS:-12} $(PYTEST) $(A_FEW_MORE) $(TRIED_AGAIN) -m "not soak" --ignore tests/browser --ignore tests/journey

# PostgreSQL runs for the tests alone, in a folder of its own; TESTS=tests/act runs a part. Whole servers get databases too.
test-postgres: .venv/ready-for-tests ## the tests of what is in the application's database, on PostgreSQL
	$(BIN)/python -m tests.postgresql $(PYTEST) $(A_FEW_MORE) $(TRIED_AGAIN) -m "not soak" $(TESTS)

# Not here: what reads no application database (count, rule), what is about
# SQLite's file (upgrade, backups of a stopped server), and journeys, of which tests/journey/test_postgresql.py has its own.
TESTS ?= tests/team tests/act tests/connect tests/inbox tests/intercom tests/erase tests/segment tests/score tests/show \
	tests/api tests/watch tests/mcp tests/demo tests/receive tests/test_mappings.py tests/test_new_key.py tests/test_roles.py \
	tests/test_worker.py tests/test_worker_begins.py tests/test_metrics.py tests/test_importing.py

# Each question that these tests ask of facts is asked of ClickHouse's engine too, and the answers must be the same.
# ASKING=tests/rule runs a part; OVER="-m tests.postgresql" has the application's database in PostgreSQL besides.
test-clickhouse: .venv/ready-for-tests clickhouse ## the tests of what asks facts, every answer compared with ClickHouse's
	$(if $(OVER),$(BIN)/python $(OVER)) $(PYTEST) $(A_FEW_MORE) $(TRIED_AGAIN) -p tests.clickhouse.both -m "not soak" $(ASKING)

ASKING ?= tests/show tests/api tests/segment tests/score tests/rule tests/act tests/connect tests/inbox tests/count tests/erase tests/watch

check: .venv/ready-for-tests ## style, types, who may import whom, migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(SETTINGS) $(BIN)/mypy
	$(SETTINGS) $(BIN)/accoil manage makemigrations --check --dry-run

soak: .venv/ready-for-tests clients clickhouse ## the long runs: kills, fuzz, thousands of random worlds, published clients under faults
	RANDOM_WORLDS=$${RANDOM_WORLDS:-3000} $(BIN)/pytest -m soak
	RANDOM_WORLDS=$${RANDOM_WORLDS:-3000} $(BIN)/pytest tests/count/test_numbers_match.py tests/rule/test_rules_match.py

bench: .venv/ready ## figures of this machine against the budgets, as JSON
	$(BIN)/accoil bench ingest
	$(BIN)/accoil bench score
	$(BIN)/accoil bench whatif
	$(BIN)/accoil bench pages
	$(BIN)/accoil bench inbox

screenshots: .venv/ready-for-tests browser ## pictures of every page of the demo company, into docs/pictures
	$(SETTINGS) $(BIN)/python -m tests.browser.pictures docs/pictures

lock: .venv/ready-for-tests ## pin the newest versions that pyproject.toml allows, with hashes
	$(INSTALL) pip-tools
	$(BIN)/pip-compile $(LOCK) -o requirements/run.txt pyproject.toml
	$(BIN)/pip-compile $(LOCK) --extra dev -o requirements/dev.txt pyproject.toml
	$(BIN)/pip-compile $(LOCK) -c requirements/dev.txt -o tests/clickhouse/engine.txt tests/clickhouse/engine.in
	for client in $(PYTHON_CLIENTS); do \
		$(BIN)/pip-compile $(LOCK) -o $(OF_CLIENTS)/$$client.txt $(OF_CLIENTS)/$$client.in || exit 1; done

clean: ## forget the virtual environment (the data folder stays)
	rm -rf .venv $(NODE_MODULES) $(AXE) .check-data .mypy_cache .ruff_cache .pytest_cache

# No addresses of package indexes in what is committed.
LOCK := --quiet --upgrade --generate-hashes --no-header --no-emit-index-url --no-emit-trusted-host \
	--no-emit-find-links --strip-extras --allow-unsafe

.venv/ready: requirements/run.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(INSTALL) --require-hashes -r requirements/run.txt
	$(INSTALL) --no-deps -e .
	touch $@

.venv/ready-for-tests: .venv/ready requirements/dev.txt
	$(INSTALL) --require-hashes -r requirements/dev.txt
	touch $@

# What looks at pages for people who cannot see or click them.
AXE := tests/browser/node/node_modules

# Browser tests need Chromium. Where we may, it is installed; elsewhere they are skipped, by name.
browser: $(if $(shell command -v npm),$(AXE)/ready)
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || { \
		test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& apt-get update -qq >/dev/null && apt-get install -y -qq chromium >/dev/null; } \
		|| echo "Chromium is not here and can't be installed: browser tests will be skipped."

# Published clients that the tests send with, as they are. Python's have a folder each, since one environment holds one
# version. Where npm is missing, those of Node and browsers are skipped, by name.
OF_CLIENTS := tests/clients/python
PYTHON_CLIENTS := $(basename $(notdir $(wildcard $(OF_CLIENTS)/*.in)))
NODE_MODULES := tests/clients/node/node_modules

clients: $(PYTHON_CLIENTS:%=.venv/clients/%/ready) $(if $(shell command -v npm),$(NODE_MODULES)/ready)
	@command -v npm >/dev/null || echo "npm is missing: tests with clients of Node and browsers will be skipped."

# ClickHouse's own engine, in a process of the tests: half a gigabyte.
clickhouse: .venv/ready-for-clickhouse

.venv/ready-for-clickhouse: tests/clickhouse/engine.txt | .venv/ready-for-tests
	@$(INSTALL) --require-hashes -r $< && touch $@ \
		|| echo "chdb can't be installed: tests that ask ClickHouse's engine will be skipped."

.venv/clients/%/ready: $(OF_CLIENTS)/%.txt | .venv/ready-for-tests
	rm -rf $(@D)
	$(INSTALL) --no-warn-conflicts --require-hashes --target $(@D) -r $<
	touch $@

%/node_modules/ready: %/package-lock.json
	@npm ci --prefix $* --ignore-scripts --no-audit --no-fund --loglevel=error && touch $@ \
		|| echo "npm can't install what $* names: tests with it will be skipped."
