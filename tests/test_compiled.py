"""Compiled code: kept in one folder for all checkouts, found there or in the package, and no other than the uncompiled."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from numba.core import caching
from numba.core.registry import cpu_target

import collabsim
from collabsim.cli import warmup as command
from collabsim.model import compiled, simulate
from collabsim.model.simulate import run_once
from collabsim.scenario import load_scenario

SCENARIO = "mixed-partnership"
IS_COMPILED = "from collabsim.model.compiled import is_compiled; print(is_compiled())"
RUN = f"""
import collabsim, hashlib
from collabsim.model.simulate import run_once
from collabsim.scenario import load_scenario
print(hashlib.sha256(run_once(load_scenario({SCENARIO!r}, years=1)).series.tobytes()).hexdigest())
"""
THOUSANDS = """
from dataclasses import replace
from collabsim.model.draws import run_key
from collabsim.model.founding import blueprint
from collabsim.model.memory import FAR
from collabsim.model.simulate import live_weeks, new_run
from collabsim.scenario import load_scenario
base = load_scenario("mixed-partnership")
agencies = tuple(replace(agency, posts=60 * agency.posts) for agency in base.agencies)
plan = blueprint(replace(base, agencies=agencies, burn_in_years=0))
run = new_run(plan, 520)
live_weeks(run, run_key(1, 0, 0), 0, 1)
print(len(plan["posts"]) > FAR, run.arrays["trust"].sum(), run.arrays["contacts"].sum())
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The package, copied to another place, as a second checkout or an installation has it."""
    copy = tmp_path / "elsewhere"
    package = Path(collabsim.__file__).parent
    shutil.copytree(package, copy / "collabsim", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("scenarios", "experiments"):
        shutil.copytree(package.parents[1] / folder, copy / "collabsim/_shipped" / folder)
    return copy


def python(program: str, path: Path, **environment: str) -> str:
    settings = {**os.environ, "PYTHONPATH": str(path), **environment}
    done = subprocess.run(
        [sys.executable, "-c", program], env=settings, capture_output=True, text=True, timeout=300, check=True
    )
    return done.stdout.strip()


def ship(into: Path) -> None:
    """Put this machine's compiled code into a package, as if it were for any processor."""
    run_once(load_scenario(SCENARIO, years=1))
    base, stamp = "week.live-model." + f"py3{sys.version_info[1]}{sys.abiflags}", compiled.source_digest()
    own = caching.IndexDataCacheFile(str(compiled.cache_folder()), base, stamp)
    folder = into / "collabsim/_compiled" / compiled.cache_name()
    folder.mkdir(parents=True)
    here = cpu_target.target_context.codegen().magic_tuple()
    key = next(key for key in own._load_index() if key[1] == here)
    shipped = caching.IndexDataCacheFile(str(folder), base, stamp)
    shipped.save((key[0], (here[0], *compiled.ANY_PROCESSOR), key[2]), own.load(key))


def test_another_checkout_of_the_same_model_is_compiled_already(elsewhere: Path) -> None:
    run_once(load_scenario(SCENARIO, years=1))
    assert python(IS_COMPILED, elsewhere) == "True"


def test_an_edited_rule_is_never_served_old_code(elsewhere: Path) -> None:
    with (elsewhere / "collabsim/model/trust.py").open("a") as file:
        file.write("# edited\n")
    assert python(IS_COMPILED, elsewhere) == "False"


def test_compiled_code_in_the_package_is_used_and_gives_the_same_bits(
    elsewhere: Path, tmp_path: Path
) -> None:
    empty = str(tmp_path / "empty")
    assert python(IS_COMPILED, elsewhere, XDG_CACHE_HOME=empty) == "False"
    ship(elsewhere)
    assert python(IS_COMPILED, elsewhere, XDG_CACHE_HOME=empty) == "True"
    assert python(RUN, elsewhere, XDG_CACHE_HOME=empty) == python(RUN, Path(collabsim.__file__).parents[1])
    assert not list(Path(empty).rglob("*.nbc")), "it was compiled again"


def test_a_damaged_cache_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "broken.nbi").write_bytes(b"\x80nothing")
    assert not compiled._kept_for(("a", "b", "c"), tmp_path)


def test_warming_up_says_what_it_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run_once(load_scenario(SCENARIO, years=1))
    monkeypatch.setattr(command, "forget_unused", lambda mine: 0)  # the cache is that of who runs the tests
    command.warmup()
    assert capsys.readouterr() == ("The model is compiled.\n", "")
    monkeypatch.setattr(compiled, "is_compiled", lambda: False)
    monkeypatch.setattr(
        simulate, "run_once", lambda scenario: time.sleep(0.5)
    )  # as if it were compiled meanwhile
    monkeypatch.setattr(command, "SECONDS_BETWEEN_LINES", 0.001)
    command.warmup()
    said = capsys.readouterr()
    assert said.out == "The model is compiled.\n" and said.err.startswith("Compiling the model")
    assert "still compiling" in said.err


def test_compiled_code_that_nothing_has_used_for_long_is_removed_and_no_other(tmp_path: Path) -> None:
    folders = {
        name: tmp_path / name
        for name in ("0" * 16 + "-x86_64", "1" * 16 + "-x86_64", "2" * 16 + "-x86_64", "notes")
    }
    for folder in folders.values():
        folder.mkdir()
        (folder / "week.nbc").write_text("compiled")
    mine, old, lately, foreign = folders.values()
    for folder in (mine, old, lately, foreign):
        for path in (folder / "week.nbc", folder):
            os.utime(path, (0, 0))
    os.utime(lately / "week.nbc", (time.time(), 0))  # read, not written
    assert command.forget_unused(mine) == 1
    assert [folder.exists() for folder in (mine, old, lately, foreign)] == [True, False, True, True]


def test_thousands_of_posts_live_the_same_week_uncompiled() -> None:
    package = Path(collabsim.__file__).parents[1]
    lived = python(THOUSANDS, package)
    assert lived.startswith("True ")
    assert python(THOUSANDS, package, NUMBA_DISABLE_JIT="1") == lived
