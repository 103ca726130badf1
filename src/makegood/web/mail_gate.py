"""Join a Makegood to the SMTP gate: what it judges by is kept in memory, and renewed beside it."""

from collections import Counter
from collections.abc import Mapping, Sequence

from makegood.api.keys import ring_of
from makegood.api.senders import KeySenders
from makegood.bootstrap import Makegood
from makegood.core.mailings import MailClass
from makegood.gate.mail_kinds import MailKinds
from makegood.gate.mail_reading import Envelope
from makegood.gate.service import Gate
from makegood.gate.smtp.classing import Ruling
from makegood.gate.smtp.running import Parts
from makegood.gate.smtp.tally import Counted, Outcome, Tally
from makegood.messages.ids import BookHash
from makegood.playbooks.outgoing_terms import OutgoingTerms
from makegood.ports.sends import Way
from makegood.runtime.pulse import SMTP, Pulse
from makegood.runtime.sends import Coverage

_WAYS: Mapping[Outcome, Way] = {
    Outcome.PASSED: "smtp", Outcome.RELEASED: "smtp",
    Outcome.PARKED: "held", Outcome.REFUSED: "held",
}  # fmt: skip


class _Again:
    """Classes what was parked once more, and counts nothing."""

    def __init__(self, kinds: MailKinds) -> None:
        self._kinds = kinds

    def classify(
        self, content: bytes, *, mail_from: str, recipients: Sequence[str], port: int, user: str
    ) -> MailClass:
        envelope = Envelope(mail_from=mail_from, recipients=recipients, port=port, user=user)
        return self._kinds.peek(content, envelope)


class _Written:
    """Brings what the tally counts to coverage, and to who watches."""

    def __init__(self, tally: Tally, coverage: Coverage, pulse: Pulse) -> None:
        self._tally = tally
        self._coverage = coverage
        self._pulse = pulse
        self._told: Counter[Counted] = Counter()

    def __call__(self) -> None:
        counts = Counter(self._tally.counts())
        fresh = counts - self._told
        self._told = counts
        outcomes: Counter[str] = Counter()
        for one, count in fresh.items():
            outcomes[one.outcome.value] += count
            way = _WAYS.get(one.outcome)
            if way is not None:
                self._coverage.count(
                    one.brand, "mail", way, count, message_class=one.message_class
                )
        self._pulse.beat(outcomes)

    def end(self) -> None:
        """Write the last of it, and that nobody has to miss this gate."""
        self()
        self._pulse.end()


def parts_of(makegood: Makegood, where: str = "") -> Parts:
    """Give the parts of a gate.

    The rule books come from memory: `tend` alone asks the store for a new one, so that no mail
    waits for a store that is away.

    Args:
        where: Host and port, by which its beat is told from another gate's.
    """
    store, clock, shelf = makegood.store, makegood.clock, makegood.shelf
    kinds = MailKinds(store, shelf.library, clock)
    kinds.learn()

    tally, keys = Tally(), ring_of(store, clock)
    written = _Written(tally, makegood.coverage, Pulse(store, clock, SMTP, where or "gate"))

    def tend() -> None:
        shelf.current()
        kinds.tend()
        written()
        keys.flush()

    def terms_of(brand: str) -> OutgoingTerms:
        return shelf.library().now().outgoing_of(brand)

    def book() -> BookHash:
        return shelf.library().active

    def note_held(mail: MailClass, count: int) -> None:
        kinds.note_held(mail, count)

    return Parts(
        store=store,
        gate=Gate(store, shelf.library, clock, makegood.settings.key),
        clock=clock,
        profile_of=makegood.intake.profile,
        ruling=Ruling(kinds, _Again(kinds), terms_of, book, note_held, kinds.decided),
        tend=tend,
        end=written.end,
        tally=tally,
        is_server=makegood.settings.database.startswith("postgres"),
        accounts=lambda reads: KeySenders(keys, reads),
    )
