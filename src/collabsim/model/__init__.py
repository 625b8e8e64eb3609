"""The model: plain functions on arrays, compiled; no files of scenarios, no pandas, no Mesa.

Open `week.py` first: it is the model's table of contents.
"""

from __future__ import annotations

COMPILING = "Compiling the model (once, about a minute)..."
"""What people are told before the first run on a machine; kept here, where nothing heavy is imported."""
