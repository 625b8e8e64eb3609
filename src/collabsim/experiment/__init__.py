"""Experiments: designs of many runs, their execution on one machine or many, and the results folder."""
