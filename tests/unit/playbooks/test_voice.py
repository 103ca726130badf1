"""The section `voice`: read with defaults, and every mistake is told with what to do."""

import pytest

from makegood.books import opening
from makegood.playbooks.load import check_book
from makegood.playbooks.mappings import Signing

BOOK = opening.read_book("car-rental")[0]


def checked(section: str):
    return check_book(f"{BOOK}\n{section}", name="book.yaml")


def test_without_the_section_nobody_listens_and_the_times_are_five_and_sixty_minutes() -> None:
    book = checked("").book
    assert book is not None
    assert (book.voice.target_ms, book.voice.breach_ms) == (300_000, 3_600_000)
    assert book.voice.bad_stars_below == 0
    said = checked("voice: {bad_stars_below: 3}").book
    assert said is not None
    assert said.voice.bad_stars_below == 3
    assert book.voice.listen == ()


def test_a_section_is_read() -> None:
    book = checked(
        "voice:\n  answer_within: 2m\n  breach_after: 30m\n  ours: ['@Firm@example.social']\n"
        "  listen:\n"
        "    - {id: a, network: mastodon, url: 'https://example.social/', hashtag: '#cars'}\n"
        "    - {id: b, network: webhook, signed: bearer, brand: northwind_vans}\n"
    ).book
    assert book is not None
    terms = book.voice
    assert (terms.target_ms, terms.ours) == (120_000, {"firm@example.social"})
    first, second = terms.listen
    assert (first.url, first.what, first.words) == ("https://example.social", "hashtag", "cars")
    assert (second.signed, second.brand, terms.listening("b")) == (
        Signing.BEARER, "northwind_vans", second,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("section", "why"),
    [
        ("answer_within: 2h", "too late only after"),
        ("bad_stars_below: 1", "one is the fewest"),
        ("bad_stars_below: 0", "one is the fewest"),
        ("bad_stars_below: 6", "five are the most"),
        ("listen: [{id: a, network: x, url: 'https://a.example'}]", "cannot be `x`"),
        ("listen: [{id: a, network: feed, url: 'http://a.example'}]", "no https address"),
        ("listen: [{id: a, network: feed, url: 'https://u:p@a.example'}]", "no https address"),
        ("listen: [{id: a, network: feed, url: 'https://[x'}]", "no https address"),
        ("listen: [{id: a, network: mastodon, url: 'https://a.example'}]", "listened to, once"),
        (
            "listen: [{id: a, network: mastodon, url: 'https://a.example', hashtag: x, "
            "account: y}]",
            "listened to, once",
        ),
        (
            "listen: [{id: a, network: mastodon, url: 'https://a.example', mentions: false}]",
            "listened to, once",
        ),
        ("listen: [{id: a, network: feed, url: 'https://a.example', search: x}]", "no `search`"),
        ("listen: [{id: a, network: webhook, url: 'https://a.example'}]", "comes to us"),
        ("listen: [{id: a, network: webhook, every: 1s}]", "bars us"),
        ("listen: [{id: a, network: webhook, brand: x}]", "no brand `x`"),
        ("listen: [{id: a, network: feed, url: 'https://a.example', signed: standard}]", "signed"),
        ("listen: [{id: a, network: webhook}, {id: a, network: webhook}]", "`a`"),
        ("strange: 1", "strange"),
        ("keep: 1h", "a day or longer"),
        ("{breach_after: 3d, keep: 2d}", "too late to answer"),
        ("searches: {}", "No search is watched"),
        ("searches: {watch: [{words: a}, {words: ' A '}]}", "watched twice"),
        ("searches: {watch: [{words: a, brand: x}]}", "no brand `x`"),
        ("searches: {watch: [{words: a}], first: 0}", "from 1 to 100"),
        ("searches: {watch: [{words: a}], keep: 1h}", "a day or longer"),
        ("searches: {watch: [{words: a}], tell: [mine]}", "nobody's side"),
        ("searches: {watch: [{words: a}], ours: ['https://a.example']}", "no beginning"),
        ("searches: {watch: [{words: a}], press: ['*.example']}", "no beginning"),
        ("searches: {watch: [{words: a}], press: [a.example], ours: [A.example]}", "two sides"),
        ("searches: {watch: [{words: a}], whose: x}", "no field `whose`"),
    ],
)
def test_a_mistake_is_told(section: str, why: str) -> None:
    found = checked(f"voice: {section}" if section[0] == "{" else f"voice:\n  {section}")
    assert found.book is None
    assert any(why in one.message and one.hint for one in found.errors), found.errors


SEARCHES = """voice:
  keep: 180d
  searches:
    watch: [{words: "Northwind  complaints"}, {words: northwind refund, brand: northwind_vans}]
    ours: [northwind.example, social.example/northwind]
    reviews: [stars.example]
    press: news.example
    competitors: [other.northwind.example]
    keep: 90d
    first: 5
    owner: vera
    tell: [reviews, others]
"""


def test_what_is_watched_is_read() -> None:
    book = checked(SEARCHES).book
    assert book is not None
    assert book.voice.keep_ms == 180 * 86_400_000
    terms = book.voice.searches
    assert [(one.words, one.brand) for one in terms.watch] == [
        ("Northwind complaints", ""), ("northwind refund", "northwind_vans"),
    ]  # fmt: skip
    assert (terms.first, terms.owner, terms.tell) == (5, "vera", {"reviews", "others"})
    assert terms.watched("NORTHWIND   refund") == terms.watch[1]
    assert terms.watched("northwind") is None


@pytest.mark.parametrize(
    ("url", "whose"),
    [
        ("https://northwind.example/help?x=1", "ours"),
        ("http://WWW.Northwind.example.", "ours"),
        ("https://cars.northwind.example/", "ours"),
        ("https://other.northwind.example/", "competitors"),
        ("https://www.social.example/Northwind/", "ours"),
        ("https://social.example/northwind/posts/1", "ours"),
        ("https://social.example/northwind-fans", "others"),
        ("https://social.example/", "others"),
        ("https://notnorthwind.example/", "others"),
        ("https://northwind.example.evil.example/", "others"),
        ("https://stars.example/northwind", "reviews"),
        ("https://news.example/a", "press"),
        ("https://[x", "others"),
    ],
)
def test_whose_a_page_is_is_told_by_the_beginning_of_its_address(url: str, whose: str) -> None:
    book = checked(SEARCHES).book
    assert book is not None
    assert book.voice.searches.whose(url) == whose
