# Two commands for everybody: `make demo` and `make test`. The rest is for those who change the code.
# Each target installs what it needs into .venv from a hash-locked file; nothing else is touched.

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
JOBS ?= 2
# The locked files name everything, so there is nothing to resolve.
PIP := $(BIN)/python -m pip install -q --disable-pip-version-check --no-deps

.PHONY: demo test test-slow nightly lint types pyright coverage bench wheel-files lock clean

demo: $(VENV)/.run
	@$(BIN)/prov demo demo-desk --fresh

test: $(VENV)/.dev lint types
	$(BIN)/python -m pytest -q -n $(JOBS) -m "not slow and not nightly"

test-slow: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n $(JOBS) -m "slow and not nightly"

nightly: $(VENV)/.dev
	$(BIN)/python -m pytest -q -m nightly --timeout 7200

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	PYTHONPATH=.:store:cli $(BIN)/lint-imports --no-cache
	$(BIN)/interrogate -q provenance store/provenance_store cli/provenance_cli

types: $(VENV)/.dev
	$(BIN)/mypy

pyright: $(VENV)/.dev
	$(BIN)/pyright --pythonpath $(BIN)/python

coverage: $(VENV)/.dev
	$(BIN)/coverage run -m pytest -q -m "not nightly"
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

bench: $(VENV)/.dev
	$(PYTHON) -m venv $(VENV)/bench-peers
	$(VENV)/bench-peers/bin/pip install -q --require-hashes -r benchmarks/peers.txt
	$(BIN)/python benchmarks/run.py --peers $(VENV)/bench-peers

# After a file was added to, or left, the packages: what a test holds the wheel against.
wheel-files: $(VENV)/.dev
	rm -rf build/wheel
	$(BIN)/python -m hatchling build -t wheel -d build/wheel
	$(BIN)/python -c 'import glob, zipfile; \
	names = zipfile.ZipFile(glob.glob("build/wheel/*.whl")[0]).namelist(); \
	print(*sorted(n for n in names if ".dist-info/" not in n), sep="\n")' > tests/house/wheel-files.txt

# After a change of dependencies in pyproject.toml; needs `uv`.
lock:
	uv pip compile requirements/build.in --universal \
		--python-version 3.11 --generate-hashes --no-header -o requirements/build.txt
	uv pip compile pyproject.toml requirements/build.in --universal \
		--python-version 3.11 --generate-hashes --no-header -c requirements/build.txt \
		-o requirements/run.txt
	uv pip compile pyproject.toml requirements/build.in --extra postgres --group dev --universal \
		--python-version 3.11 --generate-hashes --no-header -c requirements/run.txt \
		-o requirements/dev.txt

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; say make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/build.txt requirements/run.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) --require-hashes -r requirements/build.txt
	$(PIP) --no-build-isolation --require-hashes -r requirements/run.txt
	$(PIP) --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	$(PIP) --no-build-isolation --require-hashes -r requirements/dev.txt
	touch $@

clean:
	rm -rf $(VENV) build dist demo-desk .coverage*
