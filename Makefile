# 'make plan' and 'make test' set up everything they need; the rest is for developers.

VENV := .venv
BIN := $(VENV)/bin
SOURCES := setup.cfg pyproject.toml scripts/setup.sh scripts/make_ready.py tests/oracles/package-lock.json

.PHONY: help plan test lint bench bench-pdf simulate figures fonts ready wheel schema picture clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

plan: $(VENV)/.plan ## set up, then make build/plan.pdf from examples/runner.yaml
	@mkdir -p build
	$(BIN)/programgen plan examples/runner.yaml -o build/plan.pdf

test: $(VENV)/.dev ## set up, then run all tests
	$(BIN)/python -m pytest -q -n auto

lint: $(VENV)/.dev ## linters, types, import contracts, content
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/programgen check

ready: $(VENV)/.dev ## make again what runs find made beforehand; after changes of content or templates
	$(BIN)/python scripts/make_ready.py

wheel: $(VENV)/.dev ## build the wheel and compare its PDF with that of the checkout
	sh scripts/check_wheel.sh

bench: $(VENV)/.dev ## measure side by side in one run
	$(BIN)/python benchmarks/bench.py

bench-pdf: $(VENV)/.dev ## compare printing with other programs, as far as they are installed
	$(BIN)/python benchmarks/bench_pdf.py

simulate: $(VENV)/.dev ## lead invented runners by the rule and by others; for developers
	$(BIN)/python -m tests.simulation

figures: $(VENV)/.dev ## draw every stale picture again
	$(BIN)/programgen figures all

fonts: $(VENV)/.dev ## fetch, convert and merge the fonts again
	npm ci --prefix scripts --ignore-scripts --no-audit --no-fund
	$(BIN)/python scripts/vendor_fonts.py

schema: $(VENV)/.dev ## write the JSON Schema files again
	$(BIN)/programgen schema -o exercises/schema

picture: plan ## draw docs/handout.png again
	$(BIN)/python scripts/handout_picture.py build/plan.pdf

clean: ## remove everything that was made
	rm -rf $(VENV) build dist *.egg-info ready/templates ready/*.json

$(VENV)/.plan: $(SOURCES)
	@sh scripts/setup.sh plan

$(VENV)/.dev: $(SOURCES)
	@sh scripts/setup.sh dev
