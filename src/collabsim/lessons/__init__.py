"""Lessons: their files, what their steps compute, their claims, stories and materials. No browser in here."""
