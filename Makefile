# What one does with this project; `make` alone lists it. build-support/set_up.py does the setting up.

# The first Python that is recent enough. To choose: make PYTHON=/path/to/python3.12 ...
RECENT = -c 'import sys; sys.exit(sys.version_info < (3, 11))'
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p $(RECENT) 2>/dev/null && echo $$p && exit; done; echo python3)
BIN = .venv/bin
LISTING = index/listings/2021-04-02.cs.CV.md

# The question goes to the shell through the environment, word for word, with its quotes and dollars.
Q ?= which papers use transformers for tracking
override Q := $(value Q)
export Q

.PHONY: help ask index ui test browser bench tables scale answers documents screenshots page constraints clean
.DEFAULT_GOAL = help

help:
	@echo 'make ask Q="..."    answer a question; the first call installs and indexes'
	@echo 'make index          index the bundled listing'
	@echo 'make ui             serve the page; the first call installs and indexes'
	@echo 'make test           ruff, mypy, import-linter, deptry and pytest'
	@echo 'make bench          compare with the usual pipeline'
	@echo 'make tables         measure answers, and rankings with BENCH="DIR ...", into benchmarks/RESULTS.md'
	@echo 'make scale          measure growth with the papers of PAPERS=FILE, into benchmarks/SCALE.md'
	@echo 'make answers        write docs/answers.md: ten answers, unedited'
	@echo 'make documents      write the parts of docs/ that the code has: help texts, JSON, models'
	@echo 'make screenshots    write docs/images: the page as it looks'
	@echo 'make page           time the page against the command line'
	@echo 'make constraints    pin the newest versions that go together'
	@echo 'make clean          remove .venv, the index and what the checks leave'

# index/.unfinished is there while the index is being built: if that is cut off, the next call goes on.
index_listing = touch index/.unfinished && $(BIN)/rag index $(LISTING) && rm -f index/.unfinished
index_if_needed = if [ ! -e "$${RAG_INDEX:-index/library}/identity.json" ] || \
	[ -e index/.unfinished ]; then $(index_listing); fi

ask: .venv/installed
	@$(index_if_needed)
	@$(BIN)/rag ask -- "$$Q"

index: .venv/installed
	@$(index_listing)

ui: .venv/installed
	@$(index_if_needed)
	@$(BIN)/rag ui

# What looks at the page; it comes with the system, and is installed where that may be done.
browser:
	@for b in chromium chromium-browser google-chrome; do \
		command -v $$b >/dev/null && exit; done; \
	[ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && \
		DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
		chromium fonts-dejavu-core >/dev/null || \
	{ echo 'Chromium is missing: install it (Debian and Ubuntu: apt install chromium).' >&2; exit 2; }

test: browser .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/deptry rag ui
	$(BIN)/deptry tests benchmarks --exclude '^$$' --ignore DEP002,DEP004
	$(BIN)/pytest -n 2 --dist loadfile

bench: .venv/installed-bench
	$(BIN)/python -m benchmarks.pipeline

tables: .venv/installed
	$(BIN)/python -m benchmarks.tables $(BENCH)

scale: .venv/installed
	$(BIN)/python -m benchmarks.scale $(PAPERS)

answers: .venv/installed
	$(BIN)/python -m benchmarks.answers

documents: .venv/installed
	$(BIN)/python -m benchmarks.documents

screenshots: browser .venv/installed-test
	$(BIN)/python -m benchmarks.screenshots

page: browser .venv/installed-test
	$(BIN)/python -m benchmarks.page

# .venv/installed-GROUP is the time at which .venv got the project and that dependency group.
.venv/installed .venv/installed-test .venv/installed-bench: pyproject.toml constraints.txt $(wildcard build-support/*)
	@$(PYTHON) $(RECENT) 2>/dev/null || { echo 'Python 3.11 or newer is needed, and $(PYTHON) is not:' \
		'install one, or name it: make PYTHON=/path/to/python3.12 ...' >&2; exit 2; }
	@$(PYTHON) build-support/set_up.py $(patsubst -%,%,$(@:.venv/installed%=%))
	@touch .venv/installed $@

# Resolved for the oldest Python supported: what goes there goes on the later ones. Not pinned: torch,
# whose builds for processors and for GPUs differ in version, and what comes with one of them only.
constraints: .venv/installed
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --upgrade --python-version 3.11.0 --all-extras --group test --group bench \
		--no-header --no-annotate pyproject.toml --output-file build/constraints.txt
	@{ echo '# The versions that make installs; written by `make constraints`.'; \
		grep -o 'torch>=[^"]*' pyproject.toml; \
		grep -Ev '^(torch|triton|nvidia-.*|cuda-.*|pip|setuptools)==' build/constraints.txt; \
	} > constraints.txt

clean:
	rm -rf .venv build index/library index/.unfinished .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +
