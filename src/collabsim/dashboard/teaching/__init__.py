"""Lessons in the browser: alone, and a class together. Nothing in here knows Solara.

`way` is one learner's way through a lesson and what it has opened; `classes` holds the classes of this server;
`alone`, `lead` and `learn` are the three kinds of page. What a lesson is and computes is in `collabsim.lessons`.
"""
