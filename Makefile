# Every target makes the environment it needs; the second run is instant.

VENV := .venv
PEER := .peer-2.15
OLDEST := .venv-oldest
PYTHON ?= $(shell ./tools/find-python)
STAMP := $(VENV)/.installed
RUN := TF_CPP_MIN_LOG_LEVEL=3 $(VENV)/bin/python
# A process for each core; the tests of a file share what they set up.
PYTEST := -m pytest -q -n auto --dist loadfile

.PHONY: help install demo test lint types check parity bench test-oldest clean

help:
	@echo "make demo         train, evaluate and predict on handwritten digits"
	@echo "make test         the tests"
	@echo "make check        lint, types and tests: what CI runs"
	@echo "make parity       record what the real tf.estimator does, compare"
	@echo "make bench        time it against the real tf.estimator"
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
	KERAS_ESTIMATOR_PEER=$(PEER)/bin/python $(RUN) -m pytest -q tests/parity

bench: $(STAMP) $(PEER)/.installed
	$(RUN) -m benchmarks.compare $(PEER)/bin/python $(ARGS)

$(OLDEST)/.installed: pyproject.toml
	$(shell ./tools/find-python 3.11 3.10 3.12) -m venv $(OLDEST)
	$(OLDEST)/bin/python -m pip install --quiet --upgrade pip
	$(OLDEST)/bin/python -m pip install --quiet --editable ".[dev]" --constraint tools/oldest.txt
	@touch $@

test-oldest: $(OLDEST)/.installed
	TF_CPP_MIN_LOG_LEVEL=3 $(OLDEST)/bin/python $(PYTEST) $(ARGS)

clean:
	rm -rf $(VENV) $(PEER) $(OLDEST)
