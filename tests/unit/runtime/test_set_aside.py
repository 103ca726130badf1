"""How long a mail is kept that nobody could file is the rule book's to say."""

from makegood.bootstrap import open_makegood
from makegood.settings import Settings
from makegood.testing.clock import FakeClock

DAY_MS = 86_400_000


def test_a_mail_goes_when_the_book_says_and_records_of_other_systems_do_not() -> None:
    clock = FakeClock(1_795_694_400_000)
    it = open_makegood(Settings(database="memory:", key=b"k" * 32), clock=clock)
    text = f"{it.book.text.rstrip()}\nletters:\n  set_aside: 2d\n"
    it.shelf.activate(text, "shorter", by="omar", because="two days are enough")
    it.post.room.set_aside(b"From: nobody\r\n\r\nHello", "It does not say from whom it is.")
    clock.advance(2 * DAY_MS)
    assert it.receiving.forget() == 0
    clock.advance(1)
    assert it.receiving.forget() == 1
    with it.store.reading() as reading:
        assert reading.unfit("mail") == ()
    it.close()
