"""The crosswalk: every barrier and enabler of the source documents, what carries it in the model, and what was measured.

`crosswalk` reads the rows (data: the TOML files beside it), `measure` moves every row's target and compares,
`figures` keeps what was measured, `page` writes the documentation. ``python -m collabsim.evidence`` does all of it.
"""
