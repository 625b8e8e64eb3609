import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import collabsim

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONSTRAINTS = (ROOT / "constraints.txt").read_text()


def _name(requirement: str) -> str:
    return re.match(r"[A-Za-z0-9_.-]+", requirement).group().lower()


def _direct_dependencies() -> list[str]:
    extras = PROJECT["optional-dependencies"].values()
    return sorted(_name(line) for line in sum(extras, PROJECT["dependencies"]))


def test_citation_gives_the_version_of_the_package():
    citation = (ROOT / "CITATION.cff").read_text()
    assert f"\nversion: {collabsim.__version__}\n" in citation


@pytest.mark.parametrize("name", _direct_dependencies())
def test_every_direct_dependency_has_an_exact_version(name):
    assert re.search(rf"^{re.escape(name)}==[0-9.]+", CONSTRAINTS, re.MULTILINE)


def test_constraints_name_no_address_and_no_option():
    lines = [line for line in CONSTRAINTS.splitlines() if not line.startswith("#")]
    assert not [line for line in lines if "://" in line or line.startswith("-") or "@" in line]


def test_importing_the_package_loads_no_heavy_library():
    heavy = "{'numpy', 'numba', 'pandas', 'pyarrow', 'scipy', 'mesa', 'plotly', 'pydantic'}"
    program = f"import collabsim, sys; print(sorted({heavy} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
