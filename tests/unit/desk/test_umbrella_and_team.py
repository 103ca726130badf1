"""The overviews of the umbrella and of the team: who is on duty, and where cases are open."""

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
