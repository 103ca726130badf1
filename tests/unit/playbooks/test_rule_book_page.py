"""The reference page of the rule book: its blocks are one whole book, and it names everything."""

import re
from pathlib import Path

from makegood.bootstrap import shipped_laws
from makegood.playbooks.laws import bind
from makegood.playbooks.load import check_book
from makegood.playbooks.messages import GIVEN, OF_A_CASE, OF_A_CHOICE, spoken
from makegood.playbooks.reading import Section
from makegood.playbooks.remedies import NEEDS_NOBODY
from makegood.playbooks.terms import Answer, Cause, Loss
from makegood.playbooks.vocabulary import ALWAYS_SENSITIVE, FACT_TYPES
from makegood.replay.examples import run_examples

PAGE = (
    Path(__file__).parents[3].joinpath("docs/reference/rule-book.md").read_text(encoding="utf-8")
)
BOOK = bind("\n".join(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)), shipped_laws())


def test_the_blocks_are_one_book_and_its_examples_come_true():
    checked = check_book(BOOK, name="rule-book.md")
    assert checked.errors == checked.warnings == ()
    assert checked.book is not None
    assert len([one for one in checked.examples if not one.file]) == 15
    assert run_examples(checked.book, checked.examples) == ()


def test_every_field_that_the_reader_knows_is_in_the_page(monkeypatch):
    asked: set[str] = set()
    node, has = Section.node, Section.has

    def recorded(self, key, **kwargs):
        asked.add(key)
        return node(self, key, **kwargs)

    def recorded_too(self, key):
        asked.add(key)
        return has(self, key)

    monkeypatch.setattr(Section, "node", recorded)
    monkeypatch.setattr(Section, "has", recorded_too)
    check_book(BOOK, name="rule-book.md")
    words = set(re.findall(r"[a-z_]+", PAGE))
    assert len(asked) > 70
    assert asked - words - {"pt"} == set()


def test_every_section_has_its_own_heading():
    headings = {line.removeprefix("## ") for line in PAGE.splitlines() if line.startswith("## ")}
    assert headings >= {
        "Head", "Brands", "Authority", "Parameters, facts and sensitive facts", "Laws",
        "Look-ups", "Failures",
        "Silence", "Entitlements", "Remedies", "Plans", "Messages", "Requests", "Examples",
    }  # fmt: skip


def test_every_variable_and_every_closed_list_is_named():
    for name in spoken(GIVEN | OF_A_CASE | OF_A_CHOICE):
        assert f"`${name}`" in PAGE
    for word in (*FACT_TYPES, *Cause, *Loss, *NEEDS_NOBODY, *Answer):
        assert f"`{word}`" in PAGE
    for path in ALWAYS_SENSITIVE:
        assert f"`{'.'.join(path)}`" in PAGE


def test_every_law_that_ships_is_in_the_page():
    for name in shipped_laws():
        assert f"| `{name}` |" in PAGE
