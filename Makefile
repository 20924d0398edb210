# Everything from a bare Python 3.11 (or later) and make. `make help` lists the targets.
# The environment is .venv, addressed by path: whatever the caller has activated or exported does not matter.

SHELL := /bin/sh
.DEFAULT_GOAL := help
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV PIP_TARGET PIP_PREFIX PIP_USER PIP_REQUIRE_VIRTUALENV

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --quiet --disable-pip-version-check
SCENARIO ?= quickstart
WORKERS ?= 2
PYTHONS := python3.11 python3.12 python3.13 python3.14 python3 python
PACKAGES := network policies scenarios twin adapters dashboards

.PHONY: help setup run kernels test test-all test-bounds validate bench check docs pins clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1  \2/p' $(firstword $(MAKEFILE_LIST)) | awk '{printf "  %-5s%-13s", $$1, $$2; $$1=$$2=""; print}'

setup: $(VENV)/.runtime $(VENV)/.dev ## make .venv with everything to run, test and check

run: $(VENV)/.runtime kernels ## set up, then run the quickstart (or SCENARIO=name)
	@$(PY) -m twin run $(SCENARIO)

kernels: $(VENV)/.runtime # compiled once a version into the user's cache folder; a moment where that has been done
	@$(PY) -m twin.warm

test: setup kernels ## the tests of everyday (under 8 minutes on 2 cores)
	@$(PY) -m pytest -n $(WORKERS) -m "not slow and not validation_long"

test-all: setup ## all tests but the long validation
	@$(PY) -m pytest -n $(WORKERS) -m "not validation_long"

test-bounds: setup ## the tests once with bounds checks inside the kernels
	@$(PY) -m tests.bounds -n $(WORKERS) -m "not slow and not validation_long"

validate: setup ## theory, to a standard error of 0.5 %
	@$(PY) -m pytest -n $(WORKERS) -m validation_long

bench: setup ## the benchmarks: prints what this machine does
	@$(PY) -m tests.bench

check: setup ## lint, types, import rules
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports

docs: setup ## write the reference pages that are made from the code
	@$(PY) docs/reference.py

# Pins carry hashes and no addresses: they install from any index, or from a folder of wheels.
COMPILE = CUSTOM_COMPILE_COMMAND="make pins" $(PY) -m piptools compile --quiet --generate-hashes --strip-extras \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options
pins: setup ## compile requirements/*.in again (on the oldest Python that is supported)
	$(COMPILE) --allow-unsafe requirements/build.in -o requirements/build.txt
	$(COMPILE) requirements/runtime.in -o requirements/runtime.txt
	$(COMPILE) --allow-unsafe requirements/dev.in -o requirements/dev.txt
	$(COMPILE) --no-annotate $(foreach p,numpy pandas pyarrow python-dateutil tzdata,--unsafe-package $(p)) \
		requirements/data.in -o requirements/data.txt
	sed -i.bak '/^# WARNING/,$$d' requirements/data.txt && rm requirements/data.txt.bak

clean: ## remove what was built, .venv too; runs/ stays
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .numba-bounds
	find $(PACKAGES) tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up, redone only when a requirements file changes; a stamp is written last, so that half a set-up is none

$(VENV)/.made:
	@set -e; found=; \
	for p in $(PYTHON) $(PYTHONS); do \
		if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$p; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "make: no Python 3.11 or later found (looked for: $(PYTHON) $(PYTHONS)); name one: make $(MAKECMDGOALS) PYTHON=/path/to/python" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$found" --version)"; \
	if ! "$$found" -m venv --clear $(VENV); then \
		echo "make: $$found cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; \
	fi; \
	touch $@

$(VENV)/.runtime: $(VENV)/.made requirements/build.txt requirements/runtime.txt requirements/data.txt pyproject.toml
	@echo "Installing what Stocktwin needs, pinned by hash (a minute or two, once)"
	@$(PIP) install --require-hashes -r requirements/build.txt -r requirements/runtime.txt
	@$(PIP) install --require-hashes --no-deps -r requirements/data.txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "Installing what tests and checks it"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
