# Two commands are enough: `make run` and `make test`. Both install what they need into .venv.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
FILES := app tests benchmarks migrations

.DEFAULT_GOAL := help
.PHONY: help run test soak oracle check fix bench lock clean

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' Makefile

run: .venv/run ## Install, publish the instruments, fill an empty database with a synthetic fieldwork, serve
	@$(BIN)/tangguh serve --demo

test: .venv/test check ## Install, then check the code and run the whole suite on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -n 2

soak: .venv/test ## The fault harnesses with new faults and ten times the numbers: make soak TIMES=10
	$(BIN)/python -m pytest -n 2 tests/faults --soak $(or $(TIMES),10)

oracle: .venv/test ## Ask the tablets' own engine about new random interviews, and compare (needs Node): make oracle SEED=7
	cd tests/oracle && npm ci --silent
	$(BIN)/python -m tests.oracle.ask --seed $(or $(SEED),1)
	$(BIN)/python -m pytest tests/oracle

check: .venv/test ## Check style, types, the order of the rooms and the instruments
	$(BIN)/ruff format --check $(FILES)
	$(BIN)/ruff check $(FILES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/tangguh check --offline survey_forms

fix: .venv/test ## Mend what the checks can mend themselves
	$(BIN)/ruff check --fix $(FILES)
	$(BIN)/ruff format $(FILES)

bench: .venv/run ## Measure this machine: interviews a second beside the raw limit of its disk
	$(BIN)/tangguh bench intake

lock: ## Write the lock files anew from pyproject.toml (needs uv)
	uv pip compile -q pyproject.toml --extra build --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -o requirements.txt
	uv pip compile -q pyproject.toml --extra build --extra dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -c requirements.txt -o requirements-dev.txt

clean: ## Remove what was installed; data stay
	rm -rf .venv

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/run: requirements.txt pyproject.toml | .venv/bin/python
	$(PIP) install --require-hashes -r requirements.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test: requirements-dev.txt requirements-samples.txt .venv/run
	$(PIP) install --require-hashes -r requirements-dev.txt
	$(PIP) download --no-deps --no-binary :all: --no-build-isolation --require-hashes -r requirements-samples.txt -d .venv/samples
	@touch $@
