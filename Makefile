# The book's commands. `make` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.PHONY: help book test lab data page notebook experiments tidy bench lint format lock clean

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/ready
WEB := node_modules/.package-lock.json
BOOK_FLAGS := --warningiserror --nitpick --keep-going

help: ## List these commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

book: $(READY) $(WEB) data ## Build the book into _build/html
	$(BIN)/jupyter-book build . $(BOOK_FLAGS)
	@echo "The book is ready: open _build/html/index.html"

test: $(READY) $(WEB) data lint ## Prove everything: library, every page, the site in a browser
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal

lab: $(READY) data ## Open the pages in JupyterLab
	$(BIN)/jupyter lab --notebook-dir=book

data: $(READY) ## Fetch what the pages read, and verify it
	@$(BIN)/plmrec-lite data

page: $(READY) ## Start a new page from the template: make page PAGE=ideas/name
	@$(BIN)/python tools/new_page.py $(PAGE)

notebook: $(READY) data ## Run one page in place: make notebook PAGE=ideas/recommenders (or compare it: PAGE='… --compare')
	$(BIN)/python tools/run_page.py $(PAGE)

experiments: $(READY) data ## Record anew what is stale of what is too long for a page, or NAME=finetuning-methods
	$(BIN)/python tools/run_experiment.py $(NAME)

tidy: $(READY) ## Stamp the address in _config.yml into every page
	$(BIN)/python tools/run_page.py --stamp

bench: $(READY) data ## Time the library against its peers
	$(BIN)/python -m benchmarks

lint: $(READY) ## Check form and style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY) ## Mend form and style where a machine can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Resolve requirements.lock anew from pyproject.toml
	tools/lock.sh "$(PYTHON)"

clean: ## Remove what was built; the environment and the data stay
	rm -rf _build

$(READY): requirements.lock pyproject.toml
	@tools/check_machine.sh "$(PYTHON)"
	"$(PYTHON)" -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(WEB): package-lock.json $(READY)
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
