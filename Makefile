# Transfer Lab. `make app` opens the dashboard, `make test` checks everything.
# PYTHON=/path/to/python3 chooses another Python; ARGS='...' hands options on.

VENV := .venv/bin/python
export PYTHON

.PHONY: help app install test bench lint requirements browser clean FORCE

help:  ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

app: install  ## open the dashboard in a browser
	$(VENV) -m streamlit run streamlit_app.py $(ARGS)

install: .venv/.installed  ## make .venv with everything the app needs

test: .venv/.installed-dev browser  ## run every check and test
	$(VENV) -m pytest $(ARGS)

bench: .venv/.installed-dev  ## measure speed and memory; ARGS=peers beside other packages
	$(VENV) -m benchmarks $(ARGS)

lint: .venv/.installed-dev  ## run the linter, the formatter's check and the type checker
	$(VENV) -m ruff check .
	$(VENV) -m ruff format --check .
	$(VENV) -m mypy

# Existing pins are kept where they still fit; ARGS=--upgrade renews them all.
COMPILE := $(VENV) -m uv pip compile --quiet --universal --python-version 3.11 \
	--no-emit-index-url --custom-compile-command 'make requirements'

requirements: .venv/.installed-dev  ## pin the packages that pyproject.toml asks for
	$(COMPILE) $(ARGS) pyproject.toml --output-file requirements.txt
	$(COMPILE) $(ARGS) --group dev --constraints requirements.txt --output-file requirements-dev.txt

browser: .venv/.installed-dev
	@$(VENV) tests/install_browser.py

clean:  ## remove the environment and everything else that was made
	rm -rf .venv .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis artifacts static/plotly.min.js
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.installed: requirements.txt
	@sh .ci/install requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt .venv/.installed
	@sh .ci/install requirements.txt requirements-dev.txt
	@touch $@

# An environment whose Python has gone (a system upgrade, a moved home) is made again.
ifneq ($(shell $(VENV) -c 'print("usable")' 2>/dev/null),usable)
.venv/.installed: FORCE
endif
