"""What stands in the blocks of code of a documentation page, for the tests that run it."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parent.parent
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_IN_TABLE = re.compile(r"^\|.*?`(collabsim [^`]*)`", re.MULTILINE)
SMALL = {
    "run": ("--years", "1", "--replicates", "2", "-q"),
    "compare": ("--years", "1", "--replicates", "2", "-q"),
    "explain": ("--years", "1", "--replicates", "1", "-q"),
}


def blocks(page: str, language: str) -> list[str]:
    """The blocks of one language of a page (`docs/...`), in order; "" are those that name none."""
    return [text for found, text in _BLOCK.findall((ROOT / page).read_text()) if found == language]


def commands(page: str) -> list[list[str]]:
    """The words of every `collabsim` command in a page's blocks and tables, without the program's name."""
    lines = [line for block in blocks(page, "") for line in block.splitlines()]
    found = [line for line in lines if line.startswith("collabsim ")]
    found += _IN_TABLE.findall((ROOT / page).read_text())
    return [shlex.split(line, comments=True)[1:] for line in found]


def small(words: list[str]) -> list[str]:
    """The same command with so few runs that a test can wait for it; a sudden end of a long story is left out."""
    return [*words, *SMALL.get(words[0], ())]


def write_files(page: str, folder: Path) -> None:
    """Write the TOML blocks that begin with `# NAME.toml`; one that says "added" goes to the end of its file."""
    for block in blocks(page, "toml"):
        first = block.splitlines()[0]
        name = re.fullmatch(r"# ([\w-]+\.toml)(, added at the end)?", first)
        assert name, f"{page}: a block of TOML says in its first line which file it is, not {first!r}"
        with (folder / name[1]).open("a" if name[2] else "w") as file:
            file.write(block)


def apply_patch(patch: str, root: Path) -> None:
    """Apply a block of a diff: its lines without `+` stand in the file once, and become those without `-`."""
    first, *lines = patch.splitlines()
    path = root / first.removeprefix("--- ")
    before = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    after = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    text = path.read_text()
    assert text.count(before) == 1, f"{path.name} does not have these lines once:\n{before}"
    path.write_text(text.replace(before, after))
