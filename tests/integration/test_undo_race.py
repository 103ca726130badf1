"""Undo against the worker, two threads: a letter is taken back or goes out, never both."""

from pathlib import Path
from threading import Barrier, Thread

import pytest
from msgspec.structs import replace

from makegood.bootstrap import Makegood, open_makegood
from makegood.core.decide import Asker
from makegood.messages.errors import Refused
from makegood.messages.ids import CustomerId, ProfileId, RepId
from makegood.ports.rows import RepRow
from makegood.runtime.answering_letters import First, LetterAnswers
from makegood.settings import Settings
from makegood.testing.clock import FakeClock
from tests.integration.mail_server import MailServer

EML = Path("tests/mails/eml")
NOON_MS = 1_795_694_400_000
KATHY = Asker(rep=RepId("kathy"), role="rep")
ROUNDS = 12


class Late(FakeClock):
    """The clock of whoever undoes: it was looked at before they waited for the store."""

    def now_ms(self) -> int:
        return super().now_ms() - 1_100


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_letter_is_taken_back_or_goes_out(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    is_sqlite = engine == "sqlite"
    url = f"sqlite:///{tmp_path}/m.db" if is_sqlite else request.getfixturevalue("postgres_url")
    clock, late = FakeClock(NOON_MS), Late(NOON_MS)
    with MailServer() as server:
        settings = Settings(database=url, key=b"k" * 32, smtp=f"smtp://127.0.0.1:{server.port}")
        it = open_makegood(settings, clock=clock)
        undoing = it if is_sqlite else open_makegood(settings, clock=late)
        _race(it, undoing, (clock, late), server)
        if undoing is not it:
            undoing.close()
        it.close()


def _race(
    it: Makegood, undoing: Makegood, clocks: tuple[FakeClock, FakeClock], server: MailServer
) -> None:
    with it.store.writing() as writing:
        writing.put_reps((RepRow(rep=KATHY.rep, name="Kathy", role="rep"),))
    customer = it.post.room.take((EML / "letter_en.eml").read_bytes()).customer
    first = First(
        profile=ProfileId(customer), to="ana@example.com", subject="Your bags", text="Here.",
        brand=next(iter(it.book.brands)),
    )  # fmt: skip
    writes, undoes = answers_of(it, clocks[0]), answers_of(undoing, clocks[1])
    for n in range(ROUNDS):
        said = writes.begin(replace(first, text=f"Here {n}."), KATHY, it.book, f"b{n}")
        assert isinstance(said, str)
        for clock in clocks:
            clock.advance(15_000 if undoing is not it else 13_999)
        together, refused = Barrier(2), list[Refused | None]()

        def undo(n: int = n, said=said, together=together, refused=refused) -> None:
            together.wait()
            refused.append(undoes.take_back(CustomerId(customer), said, KATHY, f"u{n}"))

        def work(together=together) -> None:
            together.wait()
            clocks[0].advance(1_001)
            it.worker.run_once()

        threads = [Thread(target=undo), Thread(target=work)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        it.worker.run_once()
        sent = [one.get_content().strip() for one in server.box.mails].count(f"Here {n}.")
        assert sent == (refused != [None]), n


def answers_of(it: Makegood, clock: FakeClock) -> LetterAnswers:
    return LetterAnswers(it.store, it.acts, clock, it.post.attaching)
