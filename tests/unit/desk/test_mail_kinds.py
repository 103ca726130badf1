"""The tab of mail kinds: what nobody knows is said with one click, and can be said otherwise."""

from makegood.bootstrap import Makegood
from makegood.gate.mail_kinds import MailKinds
from makegood.messages.commands import MessageClass
from tests.unit.desk.browsing import questions, words_of
from tests.unit.gate.mail_kinds_world import CHEERY, STRANGE, mail, to

PAGE = "/desk/connections/mail"


def strange(makegood: Makegood, *guests: int) -> MailKinds:
    knows = makegood.mail_kinds
    for guest in guests:
        found = knows.classify(mail(STRANGE, guest, "For {0}"), recipients=to(guest))
        knows.note_held(found, 1)
    knows.tend()
    return knows


def kind_of(makegood: Makegood) -> str:
    with makegood.store.reading() as reading:
        return reading.mail_kinds(waiting_only=True)[0].kind


def click(browser, kind: str, found: str):
    return browser.post(f"{PAGE}/decide", {"kind": kind, "class": found}, follow=True)


def test_a_person_says_with_one_click_what_nobody_knows(omar, makegood: Makegood):
    assert "No mail came through the SMTP gate yet." in words_of(omar.get(PAGE))
    knows = strange(makegood, 0, 1)
    text = words_of(omar.get(PAGE))
    assert "2 mails to 2 recipients" in text
    assert "umbrella stand" in text
    assert "A hold would have spared 2 recipients." in text
    assert "anna" not in text.lower()
    after = click(omar, kind_of(makegood), "survey")
    assert "From the next one on, such mails are survey." in words_of(after)
    assert "Every kind of mail is known." in words_of(after)
    said = knows.classify(mail(STRANGE, 3, "For {0}"), recipients=to(3))
    assert (said.message_class, said.by) == (MessageClass.SURVEY, "person")


def test_what_was_said_stands_with_its_name_and_can_be_taken_back(omar, makegood: Makegood):
    strange(makegood, 0, 1)
    kind = kind_of(makegood)
    click(omar, kind, "promotional")
    text = words_of(omar.get(f"{PAGE}?show=all"))
    assert "Omar Haddad said so" in text
    back = words_of(click(omar, kind, ""))
    assert "Taken back." in back
    assert "Omar Haddad took back what was said" in back


def test_a_kind_that_a_rule_makes_has_no_button(omar, makegood: Makegood):
    makegood.mail_kinds.classify(mail(CHEERY, 0, "x"), recipients=to(0), user="campaigns-cars")
    makegood.mail_kinds.tend()
    page = omar.get(f"{PAGE}?show=all")
    assert "All that the rule campaign_tool fits" in words_of(page)
    assert 'name="class"' not in page.content.decode()


def test_a_page_of_many_kinds_asks_as_often_as_a_page_of_one(omar, makegood: Makegood):
    strange(makegood, 0, 1)
    one = questions(makegood, omar, f"{PAGE}?show=all")
    for word in ("apple", "pear", "plum", "cherry"):
        text = f"Dear {{0}}, {word} " * 9 + " and nothing else at all {1} {2}"
        makegood.mail_kinds.classify(mail(text, 0, f"about {word}"), recipients=to(0))
    makegood.mail_kinds.tend()
    assert questions(makegood, omar, f"{PAGE}?show=all") == one


def test_only_who_may_change_connections_sees_the_tab(omar, kathy, makegood: Makegood):
    strange(makegood, 0, 1)
    assert "Mail kinds" in words_of(omar.get("/desk/connections/"))
    assert "Mail kinds" not in words_of(kathy.get("/desk/connections/"))
    kind = kind_of(makegood)
    assert click(kathy, kind, "service").status_code == 403
    assert kind_of(makegood) == kind


def test_a_class_or_kind_that_is_not_there_changes_nothing(omar, makegood: Makegood):
    strange(makegood, 0, 1)
    assert click(omar, kind_of(makegood), "spam").status_code == 404
    assert click(omar, "nobody", "survey").status_code == 404
    told = words_of(click(omar, "rule:northwind_cars:invoices", "survey"))
    assert "The rule invoices of the rule book" in told.replace("`", "")
