# Everything that is done with this project, each by one word. Tools live in .venv and are put there on first use.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DATA ?= demo-data
CHARTS := templates/static/uPlot.iife.min.js
JOBS ?= 2

.DEFAULT_GOAL := help
.PHONY: help charts demo test lint format docs debian bench limits proof tunnel-proof update-proof clean image-test

help: ## what each word does
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

$(READY): setup.cfg pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	@$(PYTHON) -m venv $(VENV)
	@echo 'setting up $(VENV), once'
	@$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[edge,mqtt,cloud,dataset,test,docs]'
	@# only the data that it carries are used: the districts that a fresh cloud begins with
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --constraint constraints.txt if-license-plates-could-talk
	@touch $@

$(CHARTS): templates/npm/package-lock.json
	@if command -v npm >/dev/null && \
		npm ci --prefix templates/npm --ignore-scripts --no-audit --no-fund --silent && \
		cp templates/npm/node_modules/uplot/dist/uPlot.iife.min.js templates/npm/node_modules/uplot/dist/uPlot.min.css templates/static/; \
	then touch $@; \
	else echo 'npm, or its registry, is missing: the pages will have tables and no charts'; fi

charts: $(CHARTS) ## the charts of the pages, from npm

demo: $(READY) $(CHARTS) ## cloud, device and five virtual meters on this machine, until Ctrl-C (ONCE=1: until the data has arrived)
	@$(BIN)/python -m tests.demo --data $(DATA) $(if $(ONCE),--once)

test: $(READY) $(CHARTS) ## everything that has to hold: style, types, imports, documentation, tests
	@$(MAKE) --no-print-directory --jobs $(JOBS) --output-sync lint docs
	$(BIN)/pytest --numprocesses $(JOBS) --dist loadfile --timeout 300 --cov --cov-report=term

lint: $(READY) ## style, types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	MYPYPATH=docs $(BIN)/mypy docs/generate.py docs/languages.py docs/reference/*.py
	$(BIN)/lint-imports

format: $(READY) ## put the code into its usual form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(READY) ## the documentation, built strictly into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

debian: ## the programs that some tests need besides, on Debian as root (without them these tests are skipped)
	apt-get update --quiet --quiet
	apt-get install --yes --no-install-recommends $$(grep -v '^#' tests/debian-packages)

image-test: $(READY) ## the image in an emulator, from first power to first measurement, as root (minutes; DEBIAN=13, MACHINE=arm64, FRESH=1)
	$(BIN)/python -m tests.image.emulator $(if $(DEBIAN),--debian $(DEBIAN)) $(if $(MACHINE),--machine $(MACHINE)) $(if $(FRESH),--fresh)

bench: $(READY) ## how fast it is, as ratios within one run
	$(BIN)/python -m benchmarks

limits: $(READY) ## memory and processor of a device with five meters, for an hour (MINUTES=60)
	$(BIN)/python -m benchmarks.limits $(if $(MINUTES),--minutes $(MINUTES))

update-proof: $(READY) ## good and bad updates of a running device, its power cut a hundred times (half an hour)
	$(BIN)/python -m tests.update

tunnel-proof: $(READY) ## the tunnel with real sshd and autossh, its cable cut, and two hundred at once, as root (minutes)
	$(BIN)/pytest tests/tunnel/proof.py --capture=no --no-cov

proof: $(READY) ## fifty virtual households through a year, exported and compared with their own truth
	$(BIN)/python -m tests.dataset

clean: ## remove everything that was made here
	rm -rf $(VENV) build dist site demo-data .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache *.egg-info
