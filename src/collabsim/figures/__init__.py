"""Figures: each function takes a table and returns a Plotly figure; beside it stands the figure in words.

Colours are those of Okabe and Ito (2008), chosen to stay apart under colour blindness; dashes, symbols or
labels always say the same as a colour, so that no figure needs it.
"""
