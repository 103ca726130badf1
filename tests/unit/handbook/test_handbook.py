"""A handbook of any book: every rule is in it with its line, escaped, and the same every time."""

import re
from functools import cache
from html.parser import HTMLParser

import pytest
import yaml
from typer.testing import CliRunner

from makegood.books.opening import read_book, shipped_books
from makegood.cli import app
from makegood.handbook.compose import handbook_of
from makegood.handbook.markdown import markdown_of
from makegood.handbook.page import page_of
from makegood.handbook.terms import Chapter, Handbook
from makegood.messages.errors import PlaybookError
from makegood.playbooks.load import load_book
from tests.unit.playbooks.small_book import SMALL
from tests.unit.playbooks.test_composing import whole

ATTACK = '<script>alert("gone")</script>'
VOID = {"meta", "br", "link"}
CHAPTERS = ["failures", "owed", "given", "authority", "plans", "requests", "messages", "never"]
NAMED = {
    "failures": "failure",
    "silence": "failure",
    "entitlements": "owed",
    "remedies": "remedy",
    "messages": "message",
    "requests": "request",
    "promises": "promise",
    "disclosures": "disclosure",
    "claims": "request",
    "budgets": "budget",
}


class Tags(HTMLParser):
    """Reads a page: which tags, which anchors, which links, and whether all are closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[str] = []
        self.opened: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        found = dict(attrs)
        self.ids += [str(found["id"])] if "id" in found else []
        self.links += [str(found["href"])] if "href" in found else []
        if tag not in VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.opened.pop() == tag


@cache
def handbook(name: str) -> Handbook:
    return handbook_of(load_book(read_book(name)[0], name=name))


def of(text: str) -> Handbook:
    return handbook_of(load_book(text, name="small"))


@pytest.fixture(params=shipped_books())
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_rule_of_every_shipped_book_has_its_anchor(name):
    text = read_book(name)[0]
    documents = list(yaml.safe_load_all(text))
    wanted = {
        f"{kind}-{one['id']}"
        for section, kind in NAMED.items()
        for one in documents[0].get(section, [])
    }
    wanted |= {f"owed-{rule['id']}" for law in documents[1:] for rule in law["entitlements"]}
    wanted |= {
        f"request-{one['id']}-{row['id']}"
        for one in documents[0]["requests"]
        for row in one["rows"]
    }
    wanted |= {
        f"plan-{plan['for'][0] if isinstance(plan['for'], list) else plan['for']}"
        for plan in documents[0]["plans"]
    }
    wanted.add("failure-other")
    made = handbook(name)
    assert wanted <= set(Tags(page_of(made)).ids)
    assert wanted <= set(re.findall(r'<a id="([^"]+)">', markdown_of(made)))


def test_a_page_stands_by_itself_and_every_link_leads_somewhere(name):
    page = page_of(handbook(name))
    tags = Tags(page)
    assert tags.opened == []
    assert len(tags.ids) == len(set(tags.ids))
    assert {link.removeprefix("#") for link in tags.links} <= set(tags.ids)
    assert tags.tags & {"script", "img", "iframe", "form", "link"} == set()
    assert [one for one in tags.ids if one in CHAPTERS] == CHAPTERS
    assert "url(" not in page
    assert "@import" not in page


def test_each_rule_carries_its_line(name):
    lines = read_book(name)[0].split("\n---\n")[0].splitlines()
    told = [one for one in handbook(name).chapters if one.anchor in CHAPTERS]
    for chapter in told:
        for entry in chapter.entries:
            if found := re.fullmatch(r"line (\d+)", entry.where):
                line = lines[int(found[1]) - 1].strip()
                assert line.startswith(("- id: ", "- for: ")), (entry.anchor, line)


def test_the_same_book_makes_the_same_page(name):
    again = handbook_of(load_book(read_book(name)[0], name=name))
    assert page_of(again) == page_of(handbook(name))
    assert markdown_of(again) == markdown_of(handbook(name))


def test_what_a_book_says_cannot_become_markup():
    text = SMALL.replace("The parcel came late", ATTACK).replace("Small Firm", ATTACK)
    made = of(text)
    assert "script" not in Tags(page_of(made)).tags
    assert "&lt;script&gt;" in page_of(made)
    assert "<script" not in markdown_of(made)


def test_the_small_book_is_told_in_sentences():
    chapters = {one.anchor: one for one in of(SMALL).chapters}
    (late, broken, other) = chapters["failures"].entries
    assert late.sentences[0] == (
        "We hear of it by “Parcel Late”, and it is one when “minutes” is at least 10."
    )
    assert "“Promise Kept” has not come within 2 hours." in broken.sentences[0]
    assert other.rule == "other"
    (owed,) = chapters["owed"].entries
    assert owed.sentences[1] == "Only when “minutes” is at least 60."
    assert owed.sentences[2].startswith("It is 50% of the price, owed when the customer no longer")
    assert owed.sentences[3] == "It applies to failures from 2024-01-01 to 2024-12-31."


def test_a_parameter_is_said_with_the_value_it_has():
    before, after = of(SMALL), of(SMALL.replace("late_minutes: 10", "late_minutes: 25"))
    words = [one.chapters[0].entries[0].sentences[0] for one in (before, after)]
    assert [one.rsplit(" ", 1)[1] for one in words] == ["10.", "25."]


def test_a_law_is_told_by_the_names_of_the_book_and_by_its_own_line():
    chapters = {one.anchor: one for one in handbook("hotel-group").chapters}
    owed = next(one for one in chapters["owed"].entries if one.rule == "walk_guarantee")
    assert owed.title == "The sum that our guarantee promises"
    assert owed.where.startswith("law hotel_walk, line ")
    assert owed.sentences[2].startswith("It is $200 when “full service” is yes, otherwise $100")
    assert [link.anchor for link in owed.links] == ["failure-walked"]


def test_a_section_that_the_page_does_not_tell_is_named_with_its_line(monkeypatch):
    monkeypatch.setattr("makegood.handbook.compose.SECTIONS", frozenset({"failures"}))
    left = of(SMALL).chapters[-1]
    (silence,) = (one for one in left.entries if one.rule == "silence")
    assert left.anchor == "also"
    assert SMALL.splitlines()[int(silence.where.removeprefix("line ")) - 1] == "silence:"


def test_whom_everyone_is_is_said_where_the_book_says_it():
    (chapter,) = (one for one in of(SMALL).chapters if one.anchor == "everyone")
    told = " ".join(chapter.entries[0].sentences)
    assert "the same failure and the same loss, and were in the last 180 days" in told
    assert "basic and gold, the lowest first" in told
    assert "A customer came back when this followed: Promise Kept." in told
    without = SMALL[: SMALL.index("everyone:")] + SMALL[SMALL.index("requests:") :]
    assert "everyone" not in {one.anchor for one in of(without).chapters}


def test_who_a_customer_is_has_a_chapter_where_the_book_says_it():
    found = {one.anchor: one for one in handbook("airline").chapters}["standing"]
    assert found.grid is not None
    said = {row[0].text: (row[1].text, row[2].text) for row in found.grid.rows}
    assert said["Tier"][0] == "lowest first: member, silver, gold and platinum"
    assert said["Value"][0] == "usual from $0, high from $10,000 and highest from $50,000"
    assert said["Public voice"] == (
        "wide from 100,000",
        "who is helped first; never what is given",
    )
    assert "standing" not in {one.anchor for one in handbook("hotel-group").chapters}


def test_an_exception_to_fairness_is_told_with_its_reason():
    chapters = {one.anchor: one for one in handbook("agency").chapters}
    told = " ".join(chapters["never"].entries[1].sentences)
    assert "One exception, in “move_date”" in told
    assert "a partner agreement is reciprocal" in told


def run(*words: str):
    return CliRunner().invoke(app, ["handbook", *words])


def test_the_command_prints_or_writes_a_page(tmp_path):
    out = tmp_path / "page.html"
    told = run("car-rental", "--out", str(out))
    assert told.exit_code == 0, told.output
    assert str(out) in told.output.replace("\n", "")
    assert run("car-rental").stdout == out.read_text(encoding="utf-8")
    assert run("car-rental", "--format", "md").stdout.startswith("# How Northwind makes it good")


def test_a_book_with_a_mistake_has_no_handbook(tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text(SMALL.replace("loses: time", "loses: temper"), encoding="utf-8")
    told = run(str(broken), "--out", str(tmp_path / "page.html"))
    assert isinstance(told.exception, PlaybookError)
    assert not (tmp_path / "page.html").exists()


def test_the_handbook_of_a_brand_tells_all_that_it_builds_on_with_its_place():
    made = load_book(whole("authority: {boss: {cents: 9000}}\n"), name="acme.yaml")
    page = markdown_of(handbook_of(made))
    assert "The parcel came late" in page
    assert "house.yaml, line " in page
    assert "boss" in page


LIMITS = """\
goodwill:
  most: {ratio: 1.5, except: [new_parcel]}
  match: {time: [refund, exchange]}
  otherwise: sorry_credit
  used: failure.minutes < 60
  doses:
    used: {1: 0.1, 3: 0.2}
    unused: {1: 1.0}
  apologies: {within: 30d, second_needs: [tangible, person]}
approval: {within: 2h}
budgets:
  - {id: front_line, cents: 100000, per: week, roles: [rep]}
  - {id: at_acme, cents: 5000, per: day, roles: [rep, boss], brand: acme}
waivers:
  bag_fee: {en: The fee for bags}
  late_fee: {en: The fee for coming late}
remedies:
  - {id: sorry_credit, kind: credit, title: {en: Credit}, cost: {dose: true}, provider: shop}
"""


def limited() -> dict[str, Chapter]:
    text = SMALL.replace("remedies:\n", LIMITS, 1)
    text = text.replace("  rep: {cents: 5000}", "  rep: {cents: 5000}\n  boss: {cents: 9000}", 1)
    text = text.replace(
        "answer: allow}", "answer: allow, waives: {what: late_fee, once: true}}", 1
    )
    return {one.anchor: one for one in of(text).chapters}


def test_the_limits_of_goodwill_have_a_chapter_with_the_doses_as_a_table():
    most, match, doses, apologies = limited()["goodwill"].entries
    assert most.sentences[0].startswith("All goodwill of a case together is at most 150% of the")
    assert most.sentences[1] == ("Not counted, because it does the service over: “A new parcel”.")
    assert match.sentences[:2] == (
        "Lost time is made good by “Money back” or any exchange. A call fits too.",
        "When nothing fits or can be had, this comes instead: “Credit”.",
    )
    assert doses.sentences[0].startswith("“Credit”: a share of the price")
    assert doses.grid is not None
    assert [[cell.text for cell in row] for row in doses.grid.rows] == [
        ["severity 1", "10%", "100%"],
        ["severity 3", "20%", "100%"],
    ]
    assert doses.shown[0].code == "failure.minutes < 60"
    assert (
        "Within 30 days of one apology the next is not said alone: something tangible or a"
        in (apologies.sentences[0])
    )


def test_approval_budgets_and_waivers_are_told_in_sentences():
    found = limited()
    assert "hear within 2 hours;" in found["approval"].entries[0].sentences[0]
    front, acme = found["budgets"].entries
    assert front.sentences[0] == (
        "Together the role rep may give $1,000 a week, from Monday, in all cases."
    )
    assert (
        acme.sentences[0]
        == "Together the roles rep and boss may give $50 a day, in cases of Acme."
    )
    bag, late = found["waivers"].entries
    assert (bag.title, bag.sentences) == ("The fee for bags", ("Only a person waives it.",))
    assert late.sentences == ("What is waived by a table of answers is for the next time only.",)
    assert [link.anchor for link in late.links] == ["request-redeliver-free"]
    assert "also" not in found


def test_a_book_without_limits_has_no_chapters_for_them():
    assert not {"goodwill", "approval", "budgets", "waivers"} & {
        one.anchor for one in of(SMALL).chapters
    }


def test_no_shipped_book_has_a_section_that_the_page_does_not_tell(name):
    assert "also" not in {one.anchor for one in handbook(name).chapters}


def test_ready_made_replies_and_the_time_to_undo_an_answer_are_told():
    text = markdown_of(handbook_of(load_book(read_book("car-rental")[0], name="car-rental.yaml")))
    told = text.partition("I look into it and write back")[2].partition("###")[0]
    assert "A ready-made reply: whoever answers a letter may put it in" in told
    assert "sent at once" not in told
    assert "An answer to a letter waits 15 seconds before it goes out" in text


def test_mail_of_other_tools_is_told_with_its_rules_its_signs_and_what_waits():
    text = markdown_of(handbook_of(load_book(read_book("car-rental")[0], name="car-rental.yaml")))
    chapter = text[text.index("## Mail of other tools") :]
    assert "Mail that nobody can class is passed on" in chapter
    assert "What a rule takes for an offer" in chapter
    assert "Northwind Vans is known by the sign-in name campaigns-vans." in chapter
    assert "Signs of a survey: “how was your”" in chapter
    parks = load_book(
        SMALL.replace(
            "parameters:\n", "outgoing: {unclassified: park, when_held: refuse}\nparameters:\n", 1
        ),
        name="x.yaml",
    )
    small = markdown_of(handbook_of(parks))
    assert "waits until a person says what it is" in small
    assert "the tool hears at once" in small
    assert "## Mail of other tools" not in markdown_of(handbook_of(load_book(SMALL, name="x")))
