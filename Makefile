# Each target does its own set-up, once.

PORT ?= 8000
LOCK_ARGS ?=
BENCH_ARGS ?=
PYTEST_ARGS ?=
EVIDENCE_ARGS ?=
PYTHON := .venv/bin/python
# A hanging test prints its stack and fails.
PYTEST := $(PYTHON) -m pytest --override-ini faulthandler_timeout=900 --override-ini faulthandler_exit_on_timeout=true
PROCESSORS := $$(getconf _NPROCESSORS_ONLN)
export NO_MKDOCS_2_WARNING = 1

.PHONY: help serve site zip check test browsers bench bench-start faults lock evidence evidence-torch torch format clean env bundle

help:
	@echo 'make serve      show the site at http://127.0.0.1:8000 and rebuild it after changes (another port: make serve PORT=8123)'
	@echo 'make check      run the tests that need neither a browser nor the built site, in a minute: library, demos, types, format'
	@echo 'make test       run the tests, a sample of those with many like them (all: CI=1 make test; some: make test PYTEST_ARGS="tests/unit -k conv")'
	@echo 'make browsers   install Firefox ESR and WebKitGTK on Debian; make test then uses them too'
	@echo 'make site       build the site as static files in site/'
	@echo 'make zip        pack the same site as a zip that needs only Python, dist/why-filters-differ.zip'
	@echo 'make evidence   repeat the many-seed runs whose numbers the pages quote (one demo: make evidence EVIDENCE_ARGS=twins)'
	@echo 'make evidence-torch  test the claims of the pages in PyTorch, if a Python has it (one demo: EVIDENCE_ARGS=twins)'
	@echo 'make torch      run the snippets "Check it in PyTorch" and compare their output with the record (record it again: RECORD=1)'
	@echo 'make bench      measure how fast convlens trains, compared with its peers (a part: make bench BENCH_ARGS="--networks i --skip-growth")'
	@echo 'make bench-start  measure the time from Run to the first live figure, compared with plain Pyodide'
	@echo 'make faults     record the messages that a reader sees when a file does not arrive (the table of "How it works")'
	@echo 'make lock       write requirements.txt from pyproject.toml (newer versions: make lock LOCK_ARGS=--upgrade)'
	@echo 'make format     format the code as the tests require'
	@echo 'make env        only set up the environment, .venv'
	@echo 'make clean      remove everything that the other targets created'

serve: bundle
	@$(PYTHON) -c 'import socket; socket.create_server(("127.0.0.1", $(PORT))).close()' 2>/dev/null || \
		{ echo 'Port $(PORT) is taken: choose another, for example make serve PORT=8123.' >&2; exit 1; }
	@exec .venv/bin/mkdocs serve --dev-addr 127.0.0.1:$(PORT)

site: bundle
	@.venv/bin/mkdocs build --strict

zip: bundle
	@$(PYTHON) -m convlens_site.publish.site_zip

# Tests marked as slow run only in make test. The tests of a file share runs, so one process takes all of them.
check: env
	@$(PYTEST) --numprocesses $(PROCESSORS) --dist loadfile --ignore tests/browser -m "not slow" $(PYTEST_ARGS)

# The browser tests mostly wait, so one process more than there are processors.
test: bundle
	@scripts/need-browser >/dev/null
	@if [ -n "$$CI" ]; then scripts/browsers >/dev/null || :; fi
	@$(PYTEST) --numprocesses $$(($(PROCESSORS) + 1)) --dist worksteal $(PYTEST_ARGS)

# Installed only on request, and in CI. Without them, make test says so.
browsers:
	@scripts/browsers

evidence: env
	@$(PYTHON) -m convlens_site.evidence $(EVIDENCE_ARGS)
	@$(PYTHON) -m convlens_site.elsewhere.run convlens $(EVIDENCE_ARGS)

# The same claims in PyTorch, and the snippets of the pages. Any Python that has torch will do; TORCH_PYTHON names one.
evidence-torch: env
	@$(PYTHON) -m convlens_site.elsewhere.run torch $(EVIDENCE_ARGS)

torch: env
	@$(PYTHON) -m convlens_site.elsewhere.torch_snippets $(if $(RECORD),--record)

faults: bundle
	@scripts/need-browser >/dev/null
	@RECORD_FAULTS=1 $(PYTHON) -m pytest -q tests/browser/test_loading.py

bench-start: bundle
	@scripts/need-browser >/dev/null
	@$(PYTHON) -m benchmarks.start $(BENCH_ARGS)

bench: benchmarks/node_modules/.package-lock.json bundle
	@scripts/need-browser >/dev/null
	@$(PYTHON) -m benchmarks $(BENCH_ARGS)

# The peers of convlens; nothing else needs an installed Node.
benchmarks/node_modules/.package-lock.json: benchmarks/package-lock.json
	@command -v npm >/dev/null || { echo 'make bench needs npm, to install the libraries to which convlens is' \
		"compared: install Node 18 or newer (Debian: 'apt-get install npm')." >&2; exit 1; }
	@cd benchmarks && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

lock: env
	@.venv/bin/uv pip compile pyproject.toml --group site --group test --group cluster --group lock \
		--universal --python-version 3.12 --generate-hashes --only-binary :all: --no-annotate \
		--custom-compile-command 'make lock' --quiet --output-file requirements.txt $(LOCK_ARGS)

format: env
	@$(PYTHON) -m ruff format --quiet
	@$(PYTHON) -m ruff check --fix --quiet
	@$(PYTHON) -m convlens_site.npm.prettier

clean:
	@rm -rf .venv .cache site dist benchmarks/node_modules .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

env:
	@scripts/make-env

# Everything that must be fetched or built before the site: the runtime, packed with the library, and the notebooks' editor.
bundle: env
	@$(PYTHON) -m convlens_site.runtime.fetch
	@$(PYTHON) -m convlens_site.runtime.bundle
	@$(PYTHON) -m convlens_site.npm.editor
