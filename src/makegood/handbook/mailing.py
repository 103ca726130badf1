"""The chapter on mail of other tools: what a hold stops, whose mail it is, and by what signs."""

from collections.abc import Iterator, Mapping

from makegood.handbook.conditions import in_row
from makegood.handbook.source import Source
from makegood.handbook.terms import Chapter, Entry, Shown
from makegood.messages.commands import HELD_CLASSES, MessageClass
from makegood.playbooks.mistakes import Place
from makegood.playbooks.outgoing_terms import OutgoingTerms, Purpose, Senders
from makegood.projections.asked import within_words

_LEAD = (
    "Campaign and booking tools send through the SMTP gate. It lets what serves pass, and keeps "
    "what sells or asks from customers whom we let down, until that is made good."
)
_PURPOSES: Mapping[Purpose, str] = {
    "survey": "a survey",
    "offer": "an offer",
    "receipt": "a receipt",
    "service": "a message about the service",
}
_CLASSES: Mapping[MessageClass, str] = {
    MessageClass.PROMOTIONAL: "an offer",
    MessageClass.SURVEY: "a survey",
    MessageClass.MIXED: "a survey and an offer in one",
    MessageClass.SERVICE: "a message about the service",
    MessageClass.RECEIPT: "a receipt",
    MessageClass.SAFETY: "a safety message",
    MessageClass.LEGAL: "a legal notice",
}
_SHOWN = 12  # phrases of each purpose; the book has the rest


def mail_chapter(source: Source) -> Iterator[Chapter]:
    """Say what happens to mail of other tools; nothing when the book does not."""
    where = dict(source.sections()).get("outgoing")
    section = source.value("outgoing")
    if where is None or not isinstance(section, dict):
        return
    entries = (_terms(source, where), *_rules(source, section), *_signs(section, where))
    yield Chapter(anchor="mail", title="Mail of other tools", lead=_LEAD, entries=entries)


def _terms(source: Source, where: str) -> Entry:
    outgoing = source.book.outgoing
    brands = [one.name for one in source.book.brands.values()]
    own = [one for one in outgoing.senders if one.terms is not None]
    sentences = [*_said(outgoing.terms, "")]
    for one in own:
        name = source.book.brands[one.brand].name
        sentences += _said(one.terms or outgoing.terms, f"For {name}: ")
    sentences += [_known(source, one) for one in outgoing.senders]
    sentences.append(f"Mail from the addresses of {in_row(brands)} is theirs in any case.")
    return Entry(
        anchor="mail-terms",
        title="What happens to it",
        where=where,
        sentences=tuple(one for one in sentences if one),
    )


def _said(terms: OutgoingTerms, whose: str) -> Iterator[str]:
    if terms.unclassified == "pass":
        yield f"{whose}Mail that nobody can class is passed on, and a person is shown its kind."
    else:
        yield f"{whose}Mail that nobody can class waits until a person says what it is."
    kept = within_words(terms.parked_ms)
    if terms.held == "park":
        yield f"{whose}What a hold stops waits for {kept}, and goes when the hold lifts in time."
    else:
        yield (
            f"{whose}What a hold stops waits for {kept}; where it stops every recipient, the "
            "tool hears at once that the mail was not taken."
        )


def _known(source: Source, one: Senders) -> str:
    signs = [*sorted(one.addresses), *sorted(one.domains)]
    signs += [f"the sign-in name {name}" for name in sorted(one.users)]
    signs += [f"port {number}" for number in sorted(one.ports)]
    if not signs:
        return ""
    return f"{source.book.brands[one.brand].name} is known by {in_row(signs, 'or')}."


def _rules(source: Source, section: Mapping[str, object]) -> Iterator[Entry]:
    written = {one["id"]: one for one in _mappings(section.get("rules"))}
    for rule in source.book.outgoing.rules:
        one = written.get(rule.id, {})
        because = str(one.get("because", ""))
        stops = rule.message_class in HELD_CLASSES
        yield Entry(
            anchor=f"mail-{rule.id}",
            title=f"What a rule takes for {_CLASSES[rule.message_class]}",
            rule=rule.id,
            where=source.where(Place(rule.line, 1)),
            sentences=(
                f"A hold {'stops' if stops else 'never stops'} it.",
                *((f"Why: {because}.",) if because else ()),
            ),
            shown=(Shown(label="When", code=str(one.get("when", "")).strip()),),
        )


def _mappings(value: object) -> Iterator[Mapping[str, object]]:
    for one in value if isinstance(value, list) else ():
        if isinstance(one, dict):
            yield one


def _signs(section: Mapping[str, object], where: str) -> Iterator[Entry]:
    signals = section.get("signals")
    if not isinstance(signals, dict):
        return
    sentences = []
    for purpose, name in _PURPOSES.items():
        phrases = _phrases(signals.get(purpose))
        if phrases:
            more = len(phrases) - _SHOWN
            rest = f", and {more} more" if more > 0 else ""
            quoted = ", ".join(f"“{one}”" for one in phrases[:_SHOWN])
            sentences.append(f"Signs of {name}: {quoted}{rest}.")
    mixed = MessageClass.MIXED.value
    yield Entry(
        anchor="mail-signs",
        title="By what signs, where no rule fits",
        where=where,
        sentences=(
            *sentences,
            "A header of a mailing list is a sign of an offer. One sign alone is not enough.",
            f"A mail with signs of a survey and of an offer is {mixed}, and a hold stops it.",
        ),
    )


def _phrases(value: object) -> tuple[str, ...]:
    if isinstance(value, dict):
        return tuple(phrase for one in value.values() for phrase in _phrases(one))
    return tuple(
        str(one) for one in (value if isinstance(value, list) else [value] if value else [])
    )
