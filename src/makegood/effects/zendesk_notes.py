"""What is written back to the tickets of a case: a tag that says how it stands, and a note.

A sink of the feed: it hears what changed, and writes what holds now, so that two tellings may
come in any order and one that is repeated writes nothing twice.
"""

from collections.abc import Callable, Iterable, Sequence

from makegood.core.holds import EVERYWHERE
from makegood.core.notices import Notice, NoticeKind
from makegood.effects.zendesk import Zendesk, ZendeskSettings
from makegood.messages.errors import EffectFailed
from makegood.messages.ids import CaseId, CustomerId
from makegood.ports.notices import FeedNotice, Subject
from makegood.ports.rows import CaseRow

SINK = "zendesk"
OPEN, WHOLE, CLOSED = "open", "whole", "closed"
_KINDS = tuple(kind for kind in NoticeKind if kind is not NoticeKind.HOLD_OPENED)
"""A hold opens with its case, whose note says so."""
_NEWS = {
    NoticeKind.CASE_OPENED: "This ticket has a case in Makegood.",
    NoticeKind.CASE_REOPENED: "The case is open again.",
    NoticeKind.CASE_OWNER_CHANGED: "The case has another owner.",
    NoticeKind.CASE_MADE_WHOLE: "It is good again: the customer was made whole.",
    NoticeKind.CASE_CLOSED: "The case is closed.",
    NoticeKind.HOLD_LIFTED: "Marketing may go on.",
}
_SECOND = "Something went wrong a second time: this comes first now."
_LONG = "Marketing has been stopped for a long time: somebody should look at this case."


class ZendeskNotes:
    """Writes tags and notes into the tickets that a case is about."""

    def __init__(
        self,
        settings: ZendeskSettings,
        zendesk: Zendesk,
        tickets_of: Callable[[CustomerId, CaseId], Sequence[str]],
        rep_name: Callable[[str], str],
        base_url: str,
    ) -> None:
        """Join the parts.

        Args:
            settings: Where, and which tag.
            zendesk: Its API.
            tickets_of: Gives the tickets that the failures of a case are about.
            rep_name: Gives a rep's name.
            base_url: Where the desk is.
        """
        self._settings = settings
        self._zendesk = zendesk
        self._tickets_of = tickets_of
        self._rep_name = rep_name
        self._base_url = base_url.rstrip("/")

    @property
    def name(self) -> str:
        """Give its lasting name."""
        return SINK

    @property
    def kinds(self) -> Sequence[NoticeKind]:
        """Give what it wants to hear."""
        return _KINDS

    @property
    def brands(self) -> Sequence[str]:
        """Give whose notices it wants to hear."""
        return self._settings.brands

    def close(self) -> None:
        """Give its connection back."""
        self._zendesk.close()

    def tell(self, said: FeedNotice, to: Subject, now_ms: int) -> None:
        """Write it into every ticket of the case; one that fails keeps no other from its note.

        Raises:
            EffectFailed: One was not written.
        """
        case = to.case
        if case is None:
            return
        failed: list[EffectFailed] = []
        for ticket in self._tickets_of(to.customer, case.case):
            try:
                self._write(ticket, said.notice, case, to, now_ms)
            except EffectFailed as error:
                failed.append(error)
        if failed:
            raise min(failed, key=lambda one: not one.retry)  # one that helps to try again

    def _write(self, ticket: str, notice: Notice, case: CaseRow, to: Subject, now_ms: int) -> None:
        tag = self._settings.tag
        stands = stands_of(case)
        others = frozenset(f"{tag}_{one}" for one in (OPEN, WHOLE, CLOSED) if one != stands)
        mark = f"[{notice.id}]"
        self._zendesk.write(
            ticket,
            take=others,
            put=f"{tag}_{stands}",
            note=self._note(notice, case, to, mark),
            mark=mark,
            now_ms=now_ms,
        )

    def _note(self, notice: Notice, case: CaseRow, to: Subject, mark: str) -> str:
        """Write the note; it names a rep and no customer. Empty where another note says it."""
        news = _news(notice)
        if not news or (notice.kind is NoticeKind.CASE_CLOSED and case.phase == "made_whole"):
            return ""
        owner = self._rep_name(case.owner) if case.owner else ""
        lines = [news]
        if case.is_open:
            lines.append(f"{owner} looks after it." if owner else "Nobody looks after it yet.")
        lines.append(_held(held_here(to.held, self._settings.brands)))
        lines.append(f"{self._base_url}/desk/cases/{case.case}")
        lines.append(f"Makegood {mark}")
        return "\n".join(lines)


def tickets_in(abouts: Iterable[str], source: str) -> tuple[str, ...]:
    """Give the numbers of tickets among what failures are about, each once."""
    begins = f"{source}:"
    numbers = (one.removeprefix(begins) for one in abouts if one.startswith(begins))
    return tuple(dict.fromkeys(one for one in numbers if one.isascii() and one.isdigit()))


def stands_of(case: CaseRow) -> str:
    """Say in a word how a case stands."""
    if case.is_open:
        return OPEN
    return WHOLE if case.phase == "made_whole" else CLOSED


def _news(notice: Notice) -> str:
    if notice.kind is NoticeKind.CASE_ESCALATED:
        return _SECOND if notice.reason == "second_failure" else _LONG
    return _NEWS.get(notice.kind, "")


def held_here(held: Sequence[str], brands: Sequence[str]) -> tuple[str, ...]:
    """Give what holds for the brands that a help desk serves; it is not told of the others."""
    return tuple(one for one in held if not brands or one == EVERYWHERE or one in brands)


def _held(held: Sequence[str]) -> str:
    if not held:
        return "Marketing to this customer is not stopped."
    if EVERYWHERE in held:
        return "Marketing to this customer is stopped, for every brand and on every channel."
    return f"Marketing to this customer is stopped for {', '.join(held)}."
