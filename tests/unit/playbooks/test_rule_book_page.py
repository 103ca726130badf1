"""The reference pages of the rule book: their blocks are one whole book, and name everything."""

import re
from pathlib import Path

from makegood.books.opening import shipped_laws, shipped_sources
from makegood.playbooks.binding import bind
from makegood.playbooks.everyone import KEYS
from makegood.playbooks.load import check_book
from makegood.playbooks.messages import GIVEN, OF_A_CASE, OF_A_CHOICE, spoken
from makegood.playbooks.reading import Section
from makegood.playbooks.remedies import NEEDS_NOBODY
from makegood.playbooks.terms import Answer, Cause, Loss
from makegood.playbooks.vocabulary import ALWAYS_SENSITIVE, FACT_TYPES
from makegood.replay.examples import run_examples

FOLDER = Path(__file__).parents[3] / "docs/reference/rule-book"
INDEX = (FOLDER / "index.md").read_text(encoding="utf-8")
SECTIONS = re.findall(r"^\| \[(.+)\]\((.+\.md)\) \|", INDEX, re.MULTILINE)
PAGE = "\n".join([INDEX, *((FOLDER / file).read_text("utf-8") for _, file in SECTIONS)])
BOOK = bind(
    "\n".join(re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)),
    shipped_laws(),
    sources=shipped_sources(),
)


def test_the_blocks_are_one_book_and_its_examples_come_true():
    checked = check_book(BOOK, name="pages.md")
    assert checked.errors == checked.warnings == ()
    assert checked.book is not None
    assert len([one for one in checked.examples if not one.file]) == 21
    assert run_examples(checked.book, checked.examples) == ()


def test_the_brands_book_builds_on_it_and_its_example_comes_true():
    (brand,) = re.findall(r'```yaml title="sea_view.yaml"\n(.*?)```', PAGE, re.DOTALL)
    alone = bind(brand, shipped_laws(), {"hotel.yaml": BOOK}.get)
    checked = check_book(alone, name="sea_view.yaml")
    assert checked.errors == checked.warnings == ()
    assert checked.book is not None
    assert run_examples(checked.book, checked.examples) == ()
    umbrella = BOOK.replace("    strict: false\n", "    book: sea_view\n", 1)
    both = check_book(bind(umbrella, {}, {"sea_view.yaml": brand}.get), name="hotel.yaml")
    assert both.book is not None
    assert both.book.by_brand.keys() == {"sea_view"}
    assert run_examples(both.book, both.examples) == ()


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
    check_book(BOOK, name="pages.md")
    words = set(re.findall(r"[a-z_]+", PAGE))
    assert len(asked) > 70
    assert asked - words - {"pt"} == set()


def test_every_section_of_the_grammar_has_a_page_and_the_index_names_them_all():
    assert {file for _, file in SECTIONS} == {one.name for one in FOLDER.iterdir()} - {"index.md"}
    for title, file in SECTIONS:
        assert (FOLDER / file).read_text(encoding="utf-8").startswith(f"# {title}\n")
    assert {title for title, _ in SECTIONS} >= {
        "Head", "Brands", "Umbrella, then brand", "Authority",
        "Parameters, facts and sensitive facts", "Laws", "Look-ups", "Failures",
        "Silence", "Entitlements", "Remedies", "Plans", "Messages", "Requests", "Standing",
        "Everyone", "Examples", "Approval", "Budgets", "Waivers", "Goodwill",
        "Promises and disclosures", "Claims", "Surveys", "Outgoing mail",
    }  # fmt: skip


def test_every_variable_and_every_closed_list_is_named():
    for name in spoken(GIVEN | OF_A_CASE | OF_A_CHOICE):
        assert f"`${name}`" in PAGE
    for word in (*FACT_TYPES, *Cause, *Loss, *NEEDS_NOBODY, *Answer, *KEYS):
        assert f"`{word}`" in PAGE
    for path in ALWAYS_SENSITIVE:
        assert f"`{'.'.join(path)}`" in PAGE


def test_every_law_that_ships_is_in_the_page():
    for name in shipped_laws():
        assert f"| `{name}` |" in PAGE
