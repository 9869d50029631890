PYTHON ?= python3
OUTPUT ?= .

.PHONY: run test lint readme
run: .venv/run       ## make the environment and run the experiment
	.venv/bin/python cross_lingual_alignment.py --output "$(OUTPUT)" $(ARGS)
test: .venv/test     ## make the environment and pass the tests
	.venv/bin/python -m pytest $(ARGS)
lint: .venv/lint
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy
readme: .venv/test   ## write the README's tables from alignment_results.json
	.venv/bin/python -m cogapp -r -I tests -D results=alignment_results.json README.md

.venv/run: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	  || { echo "this needs Python 3.11 to 3.13; name one: make PYTHON=python3.12 run" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@
.venv/test: .venv/run requirements-dev.txt
	.venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
TYPED = ruff|mypy|numpy|msgspec|matplotlib|rich
.venv/lint: requirements.txt requirements-dev.txt  # these alone, so that an answer takes seconds
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check \
	  $$(grep -hE '^($(TYPED))==' $^)
	@touch $@
