"""``python -m collabsim`` is the command line."""

from collabsim.cli import main

main()
