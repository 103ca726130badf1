"""What searches show on the desk: whose, moved, over time; another brand's do not exist."""

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood
from makegood.playbooks.searches import SearchTerms
from makegood.ports.searches import Placing, WatchedSearch
from makegood.testing.clock import FakeClock
from tests.unit.desk.browsing import questions, words_of

AT = "/desk/voice/searches"


def put(it: Makegood, clock: FakeClock, name: str = "a", days: int = 2, **changed: object) -> int:
    today = clock.now_ms() // 86_400_000
    row = WatchedSearch(
        search=name, query=f"northwind {name}", engine="google", market="de", newest_day=today,
        earlier_day=today - 1 if days > 1 else 0,
    )  # fmt: skip
    with it.store.writing() as writing:
        writing.put_search(replace(row, **changed))
        for back in range(days):
            pages = [("https://one.example/<b>", 1 + back), ("https://two.example/", 20 - back)]
            writing.put_placings(
                [
                    Placing(search=name, day=today - back, url=url, place=place)
                    for url, place in pages
                ]
            )
    return today


def test_nothing_is_told_before_there_is_something(makegood, clock, kathy) -> None:
    assert "No search is watched yet" in words_of(kathy.get(AT))
    assert "Searches" in words_of(kathy.get("/desk/voice"))
    put(makegood, clock)
    shown = words_of(kathy.get(AT))
    assert "northwind a" in shown
    assert "1 somebody else&#x27;s" in shown
    assert "none since" in shown
    assert kathy.get(f"{AT}/nothing").status_code == 404


def test_a_search_shows_how_pages_moved_and_a_drawing_with_its_table(
    makegood, clock, kathy
) -> None:
    today = put(makegood, clock, days=3)
    with makegood.store.writing() as writing:
        gone = Placing(search="a", day=today - 1, url="https://gone.example/", place=5)
        writing.put_placings(
            [gone, Placing(search="a", day=today, url="https://n.example/", place=3)]
        )
    answer = kathy.get(f"{AT}/a")
    shown = words_of(answer)
    for part in ("up 1, from 2", "down, from 19", "n.example", "was at 5", "Over time"):
        assert part in shown
    page = answer.content.decode()
    assert page.count("<svg") == 2
    assert "one.example/<b>" not in page
    assert "n.example (somebody else&#x27;s) is at place 3, and was not there before" in page


def test_one_day_has_no_course_and_nothing_moved(makegood, clock, kathy) -> None:
    put(makegood, clock, days=1)
    answer = kathy.get(f"{AT}/a")
    assert "One day alone" in words_of(answer)
    assert "no earlier day" in words_of(answer)
    assert "<svg" not in answer.content.decode()


def test_another_brands_searches_do_not_exist(makegood, clock, vera) -> None:
    put(makegood, clock, "hidden", brand="northwind_cars")
    put(makegood, clock, "mine", brand="northwind_vans")
    shown = words_of(vera.get(AT))
    assert "northwind mine" in shown
    assert "northwind hidden" not in shown
    assert vera.get(f"{AT}/hidden").status_code == 404
    assert vera.get(f"{AT}/mine").status_code == 200


def test_the_list_pages_with_as_many_questions_for_many(makegood, clock, kathy) -> None:
    put(makegood, clock, "q00")
    few, one = questions(makegood, kathy, AT), questions(makegood, kathy, f"{AT}/q00")
    for n in range(1, 30):
        put(makegood, clock, f"q{n:02}", days=5)
    assert questions(makegood, kathy, AT) == few
    assert questions(makegood, kathy, f"{AT}/q05") == one
    first = kathy.get(AT)
    assert first.content.decode().count(f'href="{AT}/') == 20
    second = kathy.get(AT, {"after": first.context["next"]})
    assert second.content.decode().count(f'href="{AT}/') == 10
    assert kathy.get(AT, {"after": "nothing"}).content.decode().count(f'href="{AT}/') == 20


@pytest.mark.parametrize("url", ["https://[x", "https://a.example/" + "x" * 300])
def test_a_strange_address_is_shown(makegood, clock, kathy, url: str) -> None:
    assert SearchTerms().whose(url) == "others"
    today = put(makegood, clock, days=1)
    with makegood.store.writing() as writing:
        writing.put_placings([Placing(search="a", day=today, url=url, place=2)])
    assert kathy.get(f"{AT}/a").status_code == 200
