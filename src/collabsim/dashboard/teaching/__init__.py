"""Lessons in the browser: alone, and a class together. Nothing in here knows Solara.

`way` is one learner's way through a lesson and what it has opened; `classes` holds the classes of this server;
`alone`, `lead` and `learn` are the three kinds of page. What a lesson is and computes is in `collabsim.lessons`.

A learner's page is a page of the dashboard like any other, with a session of its own: one component serves who plays
alone, who leads and who learns, and what a page may see is decided by what its session is sent. A class is one object
that all of them share. It tells pages that something changed, and each page's own thread draws it again
(`results.Bell`), so that no page waits for another. Measured in `benchmarks/classroom.py`.
"""
