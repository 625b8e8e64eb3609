"""Names a wheel that holds compiled code by the Python and the machine that it serves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WheelTag(BuildHookInterface):
    """A wheel without compiled code serves every machine; one with it, those that it was compiled for."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Ask for a narrow name if `tools/build_wheel.py` has put compiled code into the package."""
        compiled = any(Path(self.root, "src/collabsim/_compiled").rglob("*.nbc"))
        if version == "standard" and compiled:
            build_data["pure_python"] = False
            build_data["infer_tag"] = True
