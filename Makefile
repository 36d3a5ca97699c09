# Lưu Tin: `make demo` shows it, `make test` checks it. Only Python 3.11 or later, git and make are needed.
# Paths may hold spaces: every path is relative to this directory or quoted.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready

.PHONY: help setup demo test lint unit bench screenshots soak lock clean
.DEFAULT_GOAL := help

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|'

setup: $(STAMP) ## the environment alone, in .venv/

# uv where it is installed or installable, plain venv and pip otherwise; both install exactly what the lock holds.
$(STAMP): pyproject.toml requirements.lock scripts/setup
	@PYTHON="$(PYTHON)" sh scripts/setup
	@touch "$(STAMP)"

demo: setup ## two nights over the replica sites, then the archive on http://127.0.0.1:8001/ (or another PORT)
	@"$(BIN)/luutin" demo $(if $(PORT),--port $(PORT))

test: setup lint unit ## all checks

lint: setup
	"$(BIN)/ruff" check .
	"$(BIN)/ruff" format --check .
	"$(BIN)/mypy"

unit: setup
	"$(BIN)/python" -m pytest -n auto --dist loadfile

bench: setup ## every benchmark, as ratios against a named baseline
	@for bench in benchmarks/bench_*.py; do "$(BIN)/python" "$$bench" || exit 1; done

screenshots: setup ## renew docs/images from the demo, in headless Chromium
	@scripts/browser-tools
	@"$(BIN)/python" scripts/screenshots

soak: setup ## the long forms of the tests: 10,000 broken pages, every site killed sixty times, thirty nights of kills
	LUUTIN_SOAK=1 "$(BIN)/python" -m pytest --durations=0 \
		tests/test_mutated.py tests/test_road.py tests/test_crawls_kill.py tests/test_nights.py tests/test_refetched.py

lock: setup ## renew requirements.lock
	"$$(command -v uv || echo "$(BIN)/uv")" pip compile --upgrade --quiet pyproject.toml --group dev --universal --generate-hashes \
		--python-version 3.11 --no-header --output-file requirements.lock
	@sed -i '1i # Every package that Lưu Tin needs, pinned with hashes, for its users and its developers; renewed by `make lock`.' \
		requirements.lock

clean: ## remove the environment and what tests left
	rm -rf "$(VENV)" .pytest_cache .mypy_cache .ruff_cache .hypothesis test-output
