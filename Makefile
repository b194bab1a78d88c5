# The only door: install, run, wheel, test, check, bench, shots. `make run` is all a newcomer needs.
PYTHON ?= $(or $(shell command -v python3.11 || command -v python3),python3)
BIN := .venv/bin
SOURCES := pyproject.toml hatch_build.py package-lock.json usher/portal/icons.txt $(wildcard usher/locale/*/LC_MESSAGES/django.po)

.PHONY: install run wheel test check bench shots texts lock

install: .venv/.installed

# UP takes more words for `usher up`: make run UP="--port 9000"
run: .venv/.installed
	@exec $(BIN)/usher up --sample company $(UP)

# For machines without the sources: docs/guide/getting-started.md says how it is installed.
wheel: .venv/.installed
	$(BIN)/pip --disable-pip-version-check --quiet wheel --no-deps --no-build-isolation --wheel-dir dist .

# On two cores, a file at a time, because a company is made, or a service started, once per file: the quick suite, then what starts real servers and browsers.
# These wait for clocks and processes, so a third one works meanwhile; their long files begin first (tests/conftest.py).
test: .venv/.installed-dev
	$(BIN)/pytest -n 2 --dist loadfile -m "not journey and not fault"
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -m "journey or fault"

check: .venv/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	USHER_LOG=CRITICAL DJANGO_SETTINGS_MODULE=usher.config.settings $(BIN)/python -W ignore -m django makemigrations --check --dry-run

bench: .venv/.installed-dev
	$(BIN)/python -m bench

shots: .venv/.installed-dev
	$(BIN)/python -m bench.shots

# After a change of words: brings the catalogs up to date and says what waits for a translation.
texts: .venv/.installed-dev
	USHER_SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_hex(32))') DJANGO_SETTINGS_MODULE=usher.config.settings $(BIN)/python -m tests.messages

# After a change of the dependencies in pyproject.toml.
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-options \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --build-deps-for=editable --build-deps-for=wheel
lock: .venv/.installed-dev
	$(COMPILE) -o requirements.lock pyproject.toml
	$(COMPILE) --extra dev -c requirements.lock -o requirements-dev.lock pyproject.toml

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Usher needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python cannot make virtual environments here: apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv

PIP := $(BIN)/pip --disable-pip-version-check --quiet install

.venv/.installed: requirements.lock $(SOURCES) | .venv/bin/pip
	@echo "Installing Usher into .venv …"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.installed-dev: requirements-dev.lock .venv/.installed
	@echo "Installing the tools for tests and checks …"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@
