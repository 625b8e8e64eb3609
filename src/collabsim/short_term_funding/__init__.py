"""The question that `make demo` answers: what short-term funding does to a partnership.

`study` runs it, `tables` puts the numbers in rows, `sentences` says what they mean, `terminal` and `page`
show it, with the figures of `exhibits`, and `files` writes it.
"""
