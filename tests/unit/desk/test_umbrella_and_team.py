"""The overviews of the umbrella and of the team: who is on duty, and where cases are open."""

from makegood.messages.ids import RepId
from makegood.ports.rows import RepRow
from tests.e2e.screens import introduce, no_car


def page(client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_each_brand_says_what_is_open_and_who_is_there(makegood, kathy, vera):
    introduce(makegood)
    no_car(makegood)
    shown = page(kathy, "/desk/umbrella/")
    names = [brand.name for brand in makegood.book.brands.values()]
    assert all(name in shown for name in names)
    theirs = page(vera, "/desk/umbrella/")  # who serves one brand only
    assert sum(f'<th scope="row">{name}</th>' in theirs for name in names) == 1


def test_the_team_says_who_is_on_duty_till_when_and_what_they_have_in_hand(makegood, kathy, vera):
    introduce(makegood)
    no_car(makegood)
    shown = page(kathy, "/desk/team/")
    assert "(you)" in shown
    assert "on duty until" in shown
    assert '<td class="n" data-label="Open cases">1</td>' in shown
    assert "(you)" in page(vera, "/desk/team/")


def test_who_is_never_on_duty_for_want_of_hours_is_told_of(makegood, kathy):
    assert "never on duty" not in page(kathy, "/desk/team/")
    with makegood.store.writing() as writing:
        row = RepRow(rep=RepId("omar-2"), name="Omar Second", role="supervisor")
        writing.put_reps([row, RepRow(rep=RepId("e"), name="E", role="employee")])
    for path in ("/desk/team/", "/desk/team/roster"):
        shown = page(kathy, path)
        assert "1 person has no hours in the roster, and is never on duty." in shown
        assert "Among them Omar Second" in shown
