"""The world outside: a mailbox and counterparts that note what they took before they say yes."""

import random
import re
import time
from threading import Lock

from makegood.testing.counterparts import LocalCounterpart, Received, Reply
from tests.fire.evidence import Delivered
from tests.integration.mail_server import Box

LINK = re.compile(r"/c/[A-Za-z0-9_.=-]+")
AWAY_OF_100, SLOW_OF_100 = 5, 5  # answers of a counterpart that is itself in trouble
SLOW_S = 0.3


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def user_of(address: str) -> str:
    """Name a customer by the mail address that the load gave them."""
    return address.partition("@")[0]


class Journal:
    """What was taken, in order, and the links that customers found in their mails."""

    def __init__(self) -> None:
        self.delivered: list[Delivered] = []
        self.links: dict[str, str] = {}
        self.unsigned = 0
        self._lock = Lock()

    def note(self, one: Delivered, link: str = "") -> None:
        with self._lock:
            self.delivered.append(one)
            if link:
                self.links[one.user] = link


class Mailbox(Box):
    """A mail server that notes each mail; how it is reached makes trouble enough."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        session.begun_ms = now_ms()
        return await super().handle_MAIL(server, session, envelope, address, options)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        said = await super().handle_DATA(server, session, envelope)
        mail = self.mails.pop()
        found = LINK.search(mail.get_content())
        self._journal.note(
            Delivered(
                command=mail["Message-ID"].strip(" \r\n<>").partition("@")[0],
                line="mail",
                kind=str(mail["X-Makegood-Message"]),
                user=user_of(mail["To"]),
                begun_ms=session.begun_ms,
                taken_ms=now_ms(),
                message_class=str(mail["X-Makegood-Class"]),
                case=str(mail.get("X-Makegood-Case", "")),
            ),
            found[0] if found else "",
        )
        return said


class Counterparts:
    """Confirms and carries out everything; now and then it is slow, or away for a moment."""

    def __init__(self, journal: Journal, seed: int) -> None:
        self._journal = journal
        self._rng = random.Random(seed)
        self._lock = Lock()
        self.server = LocalCounterpart(self._answer)
        # Who asks may be cut off in the middle of a line: nobody heard the question.
        self.server._server.handle_error = lambda *_: None

    def _answer(self, received: Received) -> Reply:
        begun_ms = now_ms()
        with self._lock:
            luck = self._rng.randrange(100)
        if luck < AWAY_OF_100:
            return Reply(status=503, headers={"retry-after": "1"})
        if luck < AWAY_OF_100 + SLOW_OF_100:
            time.sleep(SLOW_S)  # the world is slow, not the test
        self._journal.unsigned += not received.is_signed
        content = received.content
        is_question = "kind" not in content
        customer = content.get("customer")
        identifier = customer.get("identifier", "") if isinstance(customer, dict) else ""
        self._journal.note(
            Delivered(
                command=received.id,
                line="hooks",
                kind="confirm" if is_question else str(content["kind"]),
                user=str(identifier).partition(":")[2],
                begun_ms=begun_ms,
                taken_ms=now_ms(),
                cents=0 if is_question else int(str(content["amount_cents"])),
            )
        )
        return Reply(content={"confirmed": True} if is_question else {"reference": "T-1"})
