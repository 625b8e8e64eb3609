"""The model: plain functions on arrays, compiled; no files of scenarios, no pandas, no Mesa.

Open `week.py` first: it is the model's table of contents.
"""
