# Everything runs in the active virtual environment; see CONTRIBUTING.md.
.PHONY: help check format test test-slow generate golden quality bench engines clean
DATA ?= ../shared/data

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

check: ## ruff and mypy
	ruff check .
	ruff format --check .
	mypy
	python docs/generate.py --check

format: ## let ruff format and fix
	ruff check --fix .
	ruff format .

test: ## the quick tests
	pytest -q

test-slow: ## the slow tests
	pytest -q -m slow

generate: ## what is made from the code: config/schema.json, docs/records.md, docs/failures.md
	python docs/generate.py

golden: ## rewrite the golden files of the parsers; review the diff
	NEWSBEAM_UPDATE_GOLDEN=1 pytest -q tests/transforms

quality: ## every model against annotated sets (DATA=folder); fails under benchmarks/floors.json
	python -m benchmarks.extraction $(DATA)/extraction
	python -m benchmarks.language $(DATA)/language/sentences.jsonl.gz
	python -m benchmarks.entities $(DATA)/ner/dev
	python -m benchmarks.entities training/data/ner
	python -m benchmarks.linking training/data/linking/pairs.tsv --floor 0.95
	python -m benchmarks.quotations $(DATA)/quotations/polnear.jsonl.gz
	python -m benchmarks.stance $(DATA)/stance
	python -m benchmarks.statements

bench: ## throughput, overhead, memory, fetching, start-up
	python -m benchmarks.throughput
	python -m benchmarks.fetching

engines: ## Flink as a cluster: lost machines, savepoints, ten minutes of a stream; what an article costs
	pytest -q -m engines
	python -m benchmarks.streaming --flink 2
	python -m benchmarks.engines cost

clean: ## remove what tools left behind
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
