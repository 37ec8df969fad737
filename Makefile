PYTHON ?= python3
VENV ?= .venv
SHOP = tests/projects/shop

.DEFAULT_GOAL = help
.PHONY: help demo test bench clean

help:
	@echo "make demo               conn-lint on a small shop with typical mistakes"
	@echo "make test               formatting, types, layering and all tests"
	@echo "make bench TREE=/path   speed against ruff, flake8 and fixit on a large tree"
	@echo "make clean              remove the virtual environment and what the tools left"

demo: $(VENV)/package
	@echo "$$ conn-lint $(SHOP) --mycnf $(SHOP)/deploy/etc/mysql/my.cnf"
	@$(VENV)/bin/conn-lint $(SHOP) --mycnf $(SHOP)/deploy/etc/mysql/my.cnf; \
	status=$$?; echo "(exit status $$status)"; test $$status -eq 1

test: $(VENV)/dev
	@.ci/mariadb
	$(VENV)/bin/ruff check
	$(VENV)/bin/ruff format --check
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(VENV)/bin/pytest -n auto --dist worksteal --cov --cov-report=term:skip-covered --cov-fail-under=70

bench: $(VENV)/bench
	@test -n "$(TREE)" || { echo "make bench TREE=/path/to/a/large/django/project"; exit 2; }
	$(VENV)/bin/python benchmarks/bench.py $(TREE)

clean:
	rm -rf $(VENV) dist .coverage .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/python:
	@PYTHON="$(PYTHON)" .ci/venv $(VENV)

$(VENV)/package: $(VENV)/bin/python pyproject.toml
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/dev: $(VENV)/bin/python pyproject.toml
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	@touch $@ $(VENV)/package

$(VENV)/bench: $(VENV)/bin/python pyproject.toml
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[bench]"
	@touch $@ $(VENV)/package
