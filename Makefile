# Set-up, demonstration, tests, checks and documentation. Needs only Python 3.11 to 3.14, git and make, and for
# the tests Chromium.
#
#   make demo      what short-term funding does to a partnership, as an HTML report
#   make test      format, lint, types and every test
#   make ranking   which enablers matter most: sweep, rank, and the page docs/explanation/enabler-ranking.md
#   make check     format, lint and types only
#   make docs      the documentation as a site that needs no network: build/docs/index.html
#   make bench     speed and scale against peers, and the page docs/explanation/speed.md (a quarter of an hour)
#   make wheel     dist/collabsim-*.whl with the compiled model inside, for this Python and kind of machine
#   make crosswalk what every barrier and enabler of the evidence does, measured again (some minutes)
#   make clean     remove environments, caches and build artefacts (results/ stays)
#
# The first command makes the environment in .venv; later ones find it ready.
# To choose the Python: make demo PYTHON=/path/to/python

ENV := .venv
NEWEST := .venv-newest
PYTHON ?= $(shell tools/find-python 11 14 python3 python3.14 python3.13 python3.12 python3.11)
PYTHON_FOR_NEWEST ?= $(shell tools/find-python 12 13 python3 python3.13 python3.12)

PIP_INSTALL := -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
MADE_FROM := pyproject.toml constraints.txt
# Their browser and their server compute on all cores: no other test beside them.
ALONE := $(wildcard tests/test_dashboard_*pages.py tests/test_teach_*pages.py)

.PHONY: help demo ranking test check docs crosswalk wheel bench bench-short clean _environment _mesa_newest
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

help:
	@sed -n '4,12s/^# *//p' Makefile

demo: _environment
	@$(ENV)/bin/python -m collabsim.demo

# The model is compiled once, so that the processes of the tests do not each do it.
test: check _mesa_newest
	@$(ENV)/bin/python -m collabsim warmup
	@$(ENV)/bin/python benchmarks/short.py
	@$(ENV)/bin/python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile $(addprefix --ignore=,$(ALONE))
	@$(ENV)/bin/python -m pytest $(ALONE)

ranking: _environment
	@$(ENV)/bin/python benchmarks/robustness.py all
	@$(ENV)/bin/python benchmarks/ranking.py

check: _environment
	@$(ENV)/bin/ruff format --check .
	@$(ENV)/bin/ruff check .
	@$(ENV)/bin/mypy

docs: _environment
	@$(ENV)/bin/python -m sphinx -W --keep-going -q -E -a -b html docs build/docs
	@echo "The documentation is in build/docs: open build/docs/index.html in a browser."

crosswalk: _environment
	@$(ENV)/bin/python -m collabsim.evidence

# All parts, or some: make bench PARTS="england page". AgentPy is a peer, left out where it cannot be installed.
bench: _environment
	-@$(ENV)/bin/python $(PIP_INSTALL) --editable '.[benchmarks]'
	@$(ENV)/bin/python benchmarks/bench.py $(PARTS)

bench-short: _environment
	@$(ENV)/bin/python benchmarks/short.py

wheel: _environment
	@$(ENV)/bin/python tools/build_wheel.py

clean:
	rm -rf $(ENV) $(NEWEST) build dist .pytest_cache .hypothesis .mypy_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

_environment: $(ENV)/made

$(ENV)/made: $(MADE_FROM)
	@python="$(PYTHON)"; \
	if [ -z "$$python" ]; then \
	    echo "CollabSim needs Python 3.11, 3.12, 3.13 or 3.14 with its venv module, and found none." >&2; \
	    echo "(On Debian and Ubuntu: apt install python3 python3-venv.) To name one: make demo PYTHON=/path/to/it" >&2; \
	    exit 1; \
	fi; \
	echo "Making the environment in $(ENV) with $$python: once, about five minutes, about 1 GB." >&2; \
	"$$python" -m venv $(ENV)
	@$(ENV)/bin/python $(PIP_INSTALL) --editable '.[dev,docs,dashboard,solaraviz,cluster]'
	@$(ENV)/bin/python -m collabsim warmup
	@touch $@

# Mesa 3.4 and newer need Python 3.12, so on Python 3.11 the main environment cannot show that
# collabsim works with the newest Mesa. Where a newer Python is at hand, a second one does.
_mesa_newest: _environment
	@if $(ENV)/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 12))'; then \
	    echo "Newest Mesa: $(ENV) has it already, no second environment needed."; \
	    exit 0; \
	fi; \
	python="$(PYTHON_FOR_NEWEST)"; \
	if [ -z "$$python" ]; then \
	    echo "Newest Mesa: left out, as there is no Python 3.12 or 3.13 on this machine (CI must have one)."; \
	    test -z "$$CI"; exit; \
	fi; \
	$(MAKE) $(NEWEST)/made PYTHON_FOR_NEWEST="$$python" && \
	$(NEWEST)/bin/python -m pytest -p no:cacheprovider tests/test_mesa_face.py

$(NEWEST)/made: $(MADE_FROM)
	@echo "Making the environment in $(NEWEST) with $(PYTHON_FOR_NEWEST), for the newest Mesa: once." >&2
	@"$(PYTHON_FOR_NEWEST)" -m venv $(NEWEST)
	@$(NEWEST)/bin/python $(PIP_INSTALL) --editable '.[solaraviz]' pytest pytest-timeout hypothesis
	@touch $@
