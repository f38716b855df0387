# Everything a person does here, each a verb. `make help` lists them.
.POSIX:
.PHONY: help run test demo gallery rehearsal bench lint docs clean

BENCH = start gateway documents elements translation editor pipeline faults retrieval guideline ledger privacy unsafe switch injection chat hearing foundry training load fuzz
PYTHON = python3 python3.14 python3.13 python3.12 python3.11

help: ## Say what can be done
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

run: ## Set up everything, then serve on this machine and print the address
	@PYTHON="$(PYTHON)" scripts/setup run
	@.venv/bin/bauhinia serve

test: ## Set up what the tests need, then run every test
	@PYTHON="$(PYTHON)" scripts/setup dev
	@scripts/test

demo: ## Run every task on the samples with the real embedded model
	@PYTHON="$(PYTHON)" scripts/setup run
	@.venv/bin/bauhinia models fetch
	@.venv/bin/bauhinia demo

gallery: ## Make ten itineraries, ten songs and five films, and a page that shows them, in build/gallery
	@PYTHON="$(PYTHON)" scripts/setup dev
	@scripts/media-programs
	@.venv/bin/bauhinia models fetch
	@.venv/bin/bauhinia gallery build/gallery
	@.venv/bin/python scripts/open_gallery.py build/gallery

rehearsal: ## Make models from corpus to signed release on this machine, and write docs/foundry.md
	@PYTHON="$(PYTHON)" scripts/setup foundry
	@.venv/bin/bauhinia models fetch smollm2-135m-instruct
	@.venv/bin/bauhinia foundry rehearse --write .

bench: ## Run the benchmarks into docs/benchmarks.*; quality and injection take an hour
	@PYTHON="$(PYTHON)" scripts/setup dev
	@.venv/bin/bauhinia models fetch
	@.venv/bin/python -m bench $(BENCH)

lint: ## Style, types, import layers, and docs that match the code
	@PYTHON="$(PYTHON)" scripts/setup dev
	@scripts/lint

docs: ## Write afresh the docs and the picture that the code can tell
	@PYTHON="$(PYTHON)" scripts/setup dev
	@.venv/bin/python scripts/write_docs.py
	@.venv/bin/python scripts/write_coverage.py
	@.venv/bin/python scripts/draw_architecture.py

clean: ## Remove what was built here; documents, the database and weights stay
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build src/*.egg-info
	find src tests bench -name __pycache__ -type d -prune -exec rm -rf {} +
