# `make` lists the targets. Dependencies are installed into .venv; a second run installs nothing.
PYTHON ?= python3
export PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py

UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make lock" $(LOCK)

.DEFAULT_GOAL := help
.PHONY: help demo run test browser-test lint format hooks coverage bench chaos lighthouse pictures messages lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/production .env ## Set everything up and serve the demo cinema on http://127.0.0.1:8000 (PORT= overrides)
	@$(MANAGE) migrate --noinput --verbosity 0
	@$(MANAGE) seed_demo
	@echo "Serving on http://127.0.0.1:$(PORT)/ until Ctrl+C"
	@exec $(MANAGE) runserver --noreload 127.0.0.1:$(PORT)

run: $(VENV)/production .env ## Serve for development: reloads when the code changes (which drops the seat holds)
	@exec $(MANAGE) runserver 127.0.0.1:$(PORT)

test: $(VENV)/development ## Run the whole test suite on all cores; on DATABASE_URL and REDIS_URL if they are set
	@$(MANAGE) test

browser-test: $(VENV)/development ## Run only the tests that drive a browser; pictures go to ci-output/
	@$(MANAGE) test --tag browser

lint: $(VENV)/development node_modules/.package-lock.json .env ## Check style, formatting and types (needs Node)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/djlint --check --lint templates
	@$(BIN)/hadolint --failure-threshold info Dockerfile
	@npm run --silent check

format: $(VENV)/development node_modules/.package-lock.json ## Format code, templates, style sheets and scripts (needs Node)
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .
	@$(BIN)/djlint --quiet --reformat templates || true
	@npm run --silent format

hooks: $(VENV)/development node_modules/.package-lock.json ## Let git format and check what is committed (needs Node)
	@$(BIN)/pre-commit install

coverage: $(VENV)/development ## Run the suite and print which branches it does not cover
	@$(BIN)/coverage erase
	@$(BIN)/coverage run manage.py test --exclude-tag browser
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report --skip-covered --skip-empty --fail-under 0

bench: $(VENV)/development ## Run the benchmarks, each printed as a ratio measured side by side
	@PATH="$(CURDIR)/$(BIN):$$PATH" .ci/with-servers python -m bench

chaos: $(VENV)/development ## Cause one fault after the other and print what visitors saw (needs the programs of PostgreSQL and Redis)
	@$(BIN)/python -m chaos

lighthouse: $(VENV)/development node_modules/.package-lock.json ## Print the Lighthouse scores of the main pages, including performance (needs Node)
	@PRINT_PERFORMANCE=1 $(MANAGE) test moviebooking.tests.quality.test_lighthouse

pictures: $(VENV)/development ## Draw the pictures of README.md and docs/design.md again (needs Chromium)
	@KEEP_PICTURES=1 $(MANAGE) test moviebooking.tests.quality.test_pictures

messages: $(VENV)/development .env ## Collect texts for translators, and compile the translations (needs gettext)
	@$(MANAGE) makemessages --locale hi --no-wrap --no-obsolete --add-location file --ignore node_modules --ignore '*/tests/*'
	@$(MANAGE) compilemessages --ignore .venv --ignore node_modules

lock: $(VENV)/development ## Pin requirements*.in with hashes in requirements*.txt (LOCK=--upgrade also upgrades indirect dependencies)
	@$(UV_COMPILE) requirements.in --output-file requirements.txt
	@$(UV_COMPILE) requirements-dev.in --output-file requirements-dev.txt

clean: ## Remove generated files; the database, uploads and .env stay
	rm -rf $(VENV) staticfiles ci-output .ruff_cache .mypy_cache .hypothesis .coverage*
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.env:
	@cp .env.example .env
	@echo "Copied .env.example to .env"

# The stamp files are as new as the installed requirements, so nothing is installed again without a change.
$(VENV)/production: requirements.txt
	$(call install,requirements.txt)
	@touch $@

$(VENV)/development: requirements-dev.txt
	$(call install,requirements-dev.txt)
	@touch $@ $(VENV)/production

node_modules/.package-lock.json: package-lock.json
	npm ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=…")'
	@echo "Installing $(1) into $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
endef
