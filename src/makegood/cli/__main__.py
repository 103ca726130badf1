"""Run the command as a module: `python -m makegood.cli`."""

from makegood.cli import main

main()
