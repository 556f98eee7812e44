# Every target makes the environment it needs; the second run is instant.

VENV := .venv
PEER := .peer-2.15
TF1 := .peer-1.15
OLDEST := .venv-oldest
PYTHON3.7 ?= python3.7
HAS_3.7 := $(shell $(PYTHON3.7) -c "import venv, ensurepip; print(1)" 2>/dev/null)
PYTHON ?= $(shell ./tools/find-python)
STAMP := $(VENV)/.installed
RUN := TF_CPP_MIN_LOG_LEVEL=3 $(VENV)/bin/python
# A process for each core; the tests of a file share what they set up.
PYTEST := -m pytest -q -n auto --dist loadfile

.PHONY: help install demo test lint types check parity bench bench-growth test-oldest clean

help:
	@echo "make demo         train, evaluate and predict on handwritten digits"
	@echo "make test         the tests"
	@echo "make check        lint, types and tests: what CI runs"
	@echo "make parity       record what the real tf.estimator does, compare"
	@echo "make bench        time it against the real tf.estimator"
	@echo "make bench-growth time it as things grow"
	@echo "make test-oldest  the tests with the oldest supported versions"
	@echo "make clean        remove the environments"

install: $(STAMP)

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --upgrade pip
	$(VENV)/bin/python -m pip install --quiet --editable ".[dev]"
	@touch $@

demo: $(STAMP)
	$(RUN) -m examples.demo

test: $(STAMP)
	$(RUN) $(PYTEST) $(ARGS)

lint: $(STAMP)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

types: $(STAMP)
	$(VENV)/bin/mypy

check: lint types test

# The real thing: tensorflow 2.15 has tf.estimator, and runs on Python 3.11.
$(PEER)/.installed:
	$(shell ./tools/find-python 3.11 3.10 3.9) -m venv $(PEER)
	$(PEER)/bin/python -m pip install --quiet "tensorflow-cpu==2.15.1" "numpy<2" "pandas<2.3"
	@touch $@

parity: $(STAMP) $(PEER)/.installed
	TF_CPP_MIN_LOG_LEVEL=3 $(PEER)/bin/python tests/parity/harness.py $(SCENARIOS)
	TF_CPP_MIN_LOG_LEVEL=3 $(PEER)/bin/python tests/programs/running/run.py $(PROGRAMS)
	KERAS_ESTIMATOR_PEER=$(PEER)/bin/python $(RUN) -m pytest -q tests/parity

# The original of TensorFlow 1, where there is a Python that old.
$(TF1)/.installed:
	$(PYTHON3.7) -m venv $(TF1)
	$(TF1)/bin/python -m pip install --quiet --upgrade pip
	$(TF1)/bin/python -m pip install --quiet "tensorflow==1.15.5" "protobuf<3.21" "numpy<1.19"
	@touch $@

BENCH := $(PEER)/.installed $(if $(HAS_3.7),$(TF1)/.installed)
PEERS := --real $(PEER)/bin/python $(if $(HAS_3.7),--tf1 $(TF1)/bin/python)

bench: $(STAMP) $(BENCH)
	$(RUN) -m benchmarks $(PEERS) $(ARGS)

bench-growth: $(STAMP) $(BENCH)
	$(RUN) -m benchmarks.growth $(PEERS) $(ARGS)

$(OLDEST)/.installed: pyproject.toml
	$(shell ./tools/find-python 3.11 3.10 3.12) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet --upgrade pip
	$(OLDEST)/bin/python -m pip install --quiet --editable ".[dev]" --constraint tools/oldest.txt
	@touch $@

test-oldest: $(OLDEST)/.installed
	TF_CPP_MIN_LOG_LEVEL=3 $(OLDEST)/bin/python $(PYTEST) $(ARGS)

clean:
	rm -rf $(VENV) $(PEER) $(TF1) $(OLDEST)
