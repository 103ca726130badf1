"""The page about the command line says what the command says of itself."""

from makegood.cli import PANELS, app
from tools.cli_reference import PAGE, page


def test_the_page_is_made_from_the_command():
    assert PAGE.read_text() == page(), "write it again: python -m tools.cli_reference"


def test_the_page_names_arguments_options_and_defaults():
    written = page()
    assert "makegood gate IDENTIFIER [options]" in written
    assert "| `--class` promotional, " in written
    assert "| `IDENTIFIER` | For example email:ana@example.org | must be given |" in written


def test_every_command_stands_under_a_heading_of_the_help():
    named = [one.name for one in app.registered_commands]
    named += [one.name for one in app.registered_groups]
    assert {name for names in PANELS.values() for name in names} == set(named)
