# Each of these alone does all of its own set-up; a second run does nothing twice.

PORT ?= 8000
LOCK_ARGS ?=
BENCH_ARGS ?=
PYTEST_ARGS ?=
EVIDENCE_ARGS ?=
PYTHON := .venv/bin/python
# A test that waits for ever says where it stood, and counts as failed.
PYTEST := $(PYTHON) -m pytest --dist worksteal --override-ini faulthandler_timeout=900 --override-ini faulthandler_exit_on_timeout=true
PROCESSORS := $$(getconf _NPROCESSORS_ONLN)
export NO_MKDOCS_2_WARNING = 1

.PHONY: help serve site zip check test browsers bench bench-start faults lock evidence evidence-torch torch format clean env bundle

help:
	@echo 'make serve      the site, live, at http://127.0.0.1:8000 (another port: make serve PORT=8123)'
	@echo 'make check      in a minute, all that needs neither a browser nor the built site: the library, the demos, types, format'
	@echo 'make test       every test (some of them: make test PYTEST_ARGS="tests/unit -k conv")'
	@echo 'make browsers   Firefox ESR and WebKitGTK, on Debian: make test then tests in them too'
	@echo 'make site       the site as static files in site/'
	@echo 'make zip        the same as one zip that needs Python alone, dist/why-filters-differ.zip'
	@echo 'make evidence   run again the many-seed runs whose numbers the pages quote (one demo: make evidence EVIDENCE_ARGS=twins)'
	@echo 'make evidence-torch  the claims of the pages tried in PyTorch, where a Python has it (some: EVIDENCE_ARGS=twins)'
	@echo 'make torch      run the snippets "Check it in PyTorch" and compare what they print (write it down: RECORD=1)'
	@echo 'make bench      how fast convlens trains, beside its peers (some of it: make bench BENCH_ARGS="--networks i --skip-growth")'
	@echo 'make bench-start  how long a reader waits from Run to the first live figure, beside a plain use of Pyodide'
	@echo 'make faults     write down anew what a reader sees when a file does not come (the table of "How it works")'
	@echo 'make lock       requirements.txt from pyproject.toml (newer versions: make lock LOCK_ARGS=--upgrade)'
	@echo 'make format     format the code, as the tests demand it'
	@echo 'make env        only the environment, .venv'
	@echo 'make clean      remove all of what the others made'

serve: bundle
	@$(PYTHON) -c 'import socket; socket.create_server(("127.0.0.1", $(PORT))).close()' 2>/dev/null || \
		{ echo 'Port $(PORT) is taken: choose another, for example make serve PORT=8123.' >&2; exit 1; }
	@exec .venv/bin/mkdocs serve --dev-addr 127.0.0.1:$(PORT)

site: bundle
	@.venv/bin/mkdocs build --strict

zip: bundle
	@$(PYTHON) -m convlens_site.publish.site_zip

# What is marked as slow is left to make test.
check: env
	@$(PYTEST) --numprocesses $(PROCESSORS) --ignore tests/browser -m "not slow" $(PYTEST_ARGS)

# The browser's tests mostly wait, so there is one process more than there are processors.
test: bundle
	@scripts/need-browser >/dev/null
	@if [ -n "$$CI" ]; then scripts/browsers >/dev/null || :; fi
	@$(PYTEST) --numprocesses $$(($(PROCESSORS) + 1)) $(PYTEST_ARGS)

# Never installed unasked, but on a machine that is there to test. Where they are missing, make test says so.
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

# The peers that convlens is measured against; nothing else here needs a Node of your own.
benchmarks/node_modules/.package-lock.json: benchmarks/package-lock.json
	@command -v npm >/dev/null || { echo 'make bench needs npm, to install the libraries that convlens is' \
		"measured against: install Node 18 or newer (Debian: 'apt-get install npm')." >&2; exit 1; }
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

# What the reader's browser will load: the pinned runtime, the library's wheel, the lock that names both, the notebooks' editor.
bundle: env
	@$(PYTHON) -m convlens_site.runtime.fetch
	@$(PYTHON) -m convlens_site.runtime.wheel
	@$(PYTHON) -m convlens_site.npm.editor
