# Everything runs in .venv, which the first target that needs it makes.
#
#   PYTHON=python3.12   the interpreter that .venv is made from
#   WORKERS=4           how many tests run at a time
#   TESTS=tests/browser which tests run
#   ASSIGNMENT=...      the assignment of lab and verify
#   FUZZ_SECONDS=60     how long fuzz looks
#   BENCH=--quick       what bench is told; BENCH=--help lists it

PYTHON ?= python3
# One more than there are cores: hanging submissions and commands keep tests waiting.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
TESTS ?= tests
ASSIGNMENT ?= reparameterization
FUZZ_SECONDS ?= 60
BENCH ?=

VENV := .venv
BIN := $(VENV)/bin
# nbgrader calls alembic by its name, and Jupyter its own commands.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help demo lab test fuzz lint format release verify bench install install-test install-fuzz browser lock clean

help: ## list the targets
	@echo "Pathwise. Targets:"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '%-16s %s\n' "$$name" "$$text"; done

demo: install ## grade a made-up class from end to end, in demo/
	@$(BIN)/autograder demo

lab: install ## open your own copy of the assignment, lab/, in JupyterLab
	@$(PYTHON) tools/student_copy.py assignments/$(ASSIGNMENT) lab/$(ASSIGNMENT)
	@cd lab/$(ASSIGNMENT) && exec "$(CURDIR)/$(BIN)/jupyter-lab" $(if $(filter 0,$(shell id -u)),--allow-root) $(LAB_ARGS)

test: lint browser ## check the code and run all tests
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

fuzz: install-fuzz ## look for bytes of a student's that upset whoever reads them
	$(BIN)/python tests/fuzz/run.py --seconds $(FUZZ_SECONDS)

lint: install-test ## check style and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: install-test ## bring the code into the project's style
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

release: install ## publish every variant that has changed: render, prove, release into assignments/
	$(BIN)/autograder publish

verify: install ## prove the hidden graders on stubs, right answers, misconceptions and mutants
	$(BIN)/autograder verify $(ASSIGNMENT)

bench: install ## measure what grading costs here, beside stock nbgrader and Otter
	@$(BIN)/python -m tools.bench $(BENCH)

install: ## make .venv and install the project, with locked versions
	@$(PYTHON) tools/install.py --extras lab

install-test: # what the tests need besides
	@$(PYTHON) tools/install.py --extras lab test

install-fuzz: # what the fuzzer needs besides
	@$(PYTHON) tools/install.py --extras lab test fuzz

browser: # a Chromium for tests/browser; without one those tests say so
	@$(PYTHON) tools/chromium.py --install || test -z "$$CI"

lock: ## make requirements/lock.txt anew (TORCH=2.13.0 names another torch)
	@$(PYTHON) tools/lock.py $(if $(TORCH),--torch $(TORCH))

clean: ## remove .venv, .bench/, demo/ and caches; lab/ and gradebooks stay
	rm -rf $(VENV) .bench .fuzz demo build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find autograder source solutions tests tools -name __pycache__ -prune -exec rm -rf {} +
