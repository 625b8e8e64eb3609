"""A report of any experiment, made from its results folder, for a reader who knows no statistics.

`study` reads the folder, `compared` and `sampled` answer (rows that are policies; rows that are a sample), `money`,
`survival` and `courses` say what it costs, what holds elsewhere and what happens over the years, `sentences` puts it in
words worked out from the numbers, and `page` puts it on one page.
"""

from collabsim.experiment_report.page import build

__all__ = ["build"]
