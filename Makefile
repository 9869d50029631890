PYTHON ?= python3
OUTPUT ?= .
JOBS ?= 2
EXPERIMENT = .venv/bin/python cross_lingual_alignment.py
MODELS = --model use-multilingual --model multilingual-e5-small-q4 --model all-MiniLM-L6-v2
PROBED = published
UNPROBED = emoji territories languages currencies
FIFTEEN = en,es,fr,de,it,nl,pl,ru,uk,tr,ar,th,zh,ja,ko
TWENTY = $(FIFTEEN),hi,fi,el,vi,sw
SEARCH = --grid examples/passages.csv --queries examples/questions.csv --mix en=0.8,zh=0.2
COST = --grid udhr --truncate 256,128 --quantize float16,int8,binary,binary-rescored

.PHONY: run test check nightly lint readme schema results
run: .venv/run       ## make the environment and run the experiment
	.venv/bin/python cross_lingual_alignment.py --output "$(OUTPUT)" $(ARGS)
test: .venv/test     ## make the environment and pass the tests
	.venv/bin/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)
check: lint .venv/test  ## lint, and the tests of the core: within a minute
	.venv/bin/python -m pytest -n $(JOBS) -m core $(ARGS)
nightly: .venv/test  ## simulations, fuzzing, bad inputs and ended runs in full
	.venv/bin/python -m pytest -n $(JOBS) -m nightly $(ARGS)
	FUZZ_SECONDS=600 .venv/bin/python -m pytest tests/test_fuzz.py
	.venv/bin/python benchmarks/bad_inputs.py 20
	.venv/bin/python benchmarks/ended.py 200
lint: .venv/lint
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy
readme: .venv/test   ## write the numbers of README and docs/ from the records
	.venv/bin/python -m cogapp -r -P -I tests -p "import readme_tables as tables" README.md docs/*.md
schema: .venv/run     ## write the JSON Schemas from the record's types
	.venv/bin/python -m alignment.schema docs
results: .venv/test  ## measure everything that is committed anew, then write the numbers
	$(EXPERIMENT)
	$(EXPERIMENT) --model use-multilingual --grid examples/terms.csv --output examples --no-figures
	$(EXPERIMENT) $(MODELS) $(SEARCH) --output examples/search
	$(EXPERIMENT) $(MODELS) $(COST) --no-cache --output .cost
	mkdir -p examples/cost && mv .cost/alignment_comparison.json .cost/use-multilingual/fig/cost.png examples/cost && rm -r .cost
	$(EXPERIMENT) --model use-multilingual --grid udhr --languages en,de,zh,ja,ar --thresholds --output examples/thresholds
	for grid in published udhr; do $(EXPERIMENT) --model use-multilingual --model use-multilingual-int8 \
	  --grid $$grid --no-figures --output .int8 && mv .int8/alignment_comparison.json examples/int8/$$grid.json || exit; done
	for grid in $(PROBED); do $(EXPERIMENT) $(MODELS) --grid $$grid --output comparisons/$$grid --probe || exit; done
	for grid in $(UNPROBED); do $(EXPERIMENT) $(MODELS) --grid $$grid --output comparisons/$$grid || exit; done
	$(EXPERIMENT) $(MODELS) --grid territories --languages $(TWENTY) --output comparisons/names
	$(EXPERIMENT) $(MODELS) --grid udhr --languages $(TWENTY) --output comparisons/sentences --probe
	$(EXPERIMENT) $(MODELS) --grid udhr --languages $(FIFTEEN) --output comparisons/known
	.venv/bin/python examples/training.py
	$(MAKE) readme
	.venv/bin/python tests/notebook.py

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
