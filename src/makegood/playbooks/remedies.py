"""The section `remedies`: what can be given, what it costs, and who carries it out."""

import re
from collections.abc import Mapping

from makegood.playbooks.mistakes import nearest
from makegood.playbooks.nodes import Scalar
from makegood.playbooks.reading import NAME, Section, without_repeats
from makegood.playbooks.terms import Remedy

NEEDS_NOBODY = frozenset({"apology", "explanation", "call"})
"""Kinds that our own words and people give; all others need a provider."""
REDIRECT = "redirect"
"""A kind that sends the customer to somebody else; any other may, if it says who accepts them."""
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?", re.ASCII)


def read_remedies(top: Section) -> Mapping[str, Remedy]:
    """Read the remedies of a book."""
    sections = top.sections("remedies", "remedy")
    ids = tuple(section.name("id") for section in sections)
    found = {name: _remedy(section, name) for section, name in without_repeats(sections, ids)}
    for section, name in zip(sections, ids, strict=True):
        _check_brings(section, found[name], found)
    return found


def _check_brings(section: Section, remedy: Remedy, known: Mapping[str, Remedy]) -> None:
    """What comes with a choice is a remedy that somebody provides, and asks nobody."""
    brought = known.get(remedy.brings)
    if not remedy.brings:
        return
    if brought is None:
        section.error(
            "brings", f"`{remedy.brings}` is not a remedy.", nearest(remedy.brings, known)
        )
    elif not brought.provider or brought.brings or brought.confirm_within_ms:
        section.error(
            "brings",
            f"`{brought.id}` cannot come with another: it is asked about, or nobody provides it.",
            "Name a remedy with a `provider` and without `confirm_within` and `brings`.",
        )


def check_languages(section: Section, key: str, languages: tuple[str, ...]) -> None:
    """Report languages that are none, and a missing English."""
    for language in languages:
        if not LANGUAGE.fullmatch(language):
            section.error(
                key,
                f"`{language}` is not a language.",
                "Write its short code, as in en, de or es.",
            )
    if "en" not in languages:
        section.error(
            key,
            f"`{key}` says nothing in English (en).",
            "Add `en:`; it is what everybody else gets.",
        )


def read_texts(section: Section, key: str, what: str = "") -> Mapping[str, str]:
    """Read one sentence in several languages; English is always among them."""
    texts = section.section(key, what or key, required=True)
    if texts is None:
        return {}
    languages = tuple(entry.key for entry in section.named(key, "language"))
    check_languages(section, key, languages)
    return {language: texts.text(language) for language in languages}


def _remedy(section: Section, name: str) -> Remedy:
    kind = section.name("kind")
    provider = section.name("provider", default="")
    confirm_within_ms = section.span_ms("confirm_within", default=0)
    cents, ratio, dosed = _cost(section)
    places = section.name("places", default="")
    accepted_by, expires_ms = _redirects(section, kind, confirm_within_ms)
    if places:
        _check_places(section, name, provider, confirm_within_ms)
    elif kind and kind not in NEEDS_NOBODY and not provider:
        section.error(
            "provider",
            f"Nobody provides the remedy `{name}`.",
            "Add `provider:`, the counterpart of the deployment that carries it out.",
        )
    if confirm_within_ms and not (provider or places):
        section.error("confirm_within", "Nobody is there to confirm it.", "Add `provider:`.")
    remedy = Remedy(
        id=name,
        kind=kind,
        title=read_texts(section, "title"),
        cost_cents=cents,
        cost_ratio=ratio,
        dosed=dosed,
        provider=provider,
        confirm_within_ms=confirm_within_ms,
        accepted_by=accepted_by,
        expires_ms=expires_ms,
        detail=dict(_detail(section)),
        line=section.place.line,
        places=places,
        brings=section.name("brings", default=""),
    )
    section.done()
    return remedy


def _check_places(section: Section, name: str, provider: str, confirm_within_ms: int) -> None:
    """A remedy whose places are asked by people has no other counterpart, and takes its time."""
    if provider or section.has("redirects"):
        section.error(
            "places",
            f"A person at a place says yes to `{name}`, and no counterpart.",
            "Take `provider` and `redirects` out, or `places`.",
        )
    if not confirm_within_ms:
        section.error("places", "Nobody is asked before it is offered.", "Add `confirm_within:`.")


def _redirects(section: Section, kind: str, confirm_within_ms: int) -> tuple[str, int]:
    """Read who accepts a customer that is sent to them, and how long their yes stands."""
    if not section.has("redirects"):
        if kind == REDIRECT and not section.has("places"):
            section.error(
                "kind",
                "This sends the customer to somebody else, and does not say who accepts them.",
                "Add `redirects: {accepted_by: ..., expires: 4h}`.",
            )
        return "", 0
    redirects = section.section("redirects", "redirect")
    if redirects is None:
        return "", 0
    accepted_by, expires_ms = redirects.name("accepted_by"), redirects.span_ms("expires")
    if redirects.has("expires") and expires_ms == 0:
        redirects.error("expires", "`expires` is longer than nothing.", "Write for example 4h.")
    if not confirm_within_ms:
        section.error(
            "redirects",
            "Nobody is asked whether they accept the customer before it is offered.",
            "Add `confirm_within:`.",
        )
    redirects.done()
    return accepted_by, expires_ms


def _cost(section: Section) -> tuple[int, float, bool]:
    cost = section.section("cost", "cost")
    if cost is None:
        return 0, 0.0, False
    cents, ratio = cost.whole("cents", default=0), cost.ratio("ratio", default=0.0)
    dosed = cost.flag("dose")
    if cost.has("cents") + cost.has("ratio") + dosed != 1:
        section.error(
            "cost",
            "A cost is either `cents` or a `ratio` of the price, or `dose: true`.",
            "Keep one of them.",
        )
    cost.done()
    return cents, ratio, dosed


def _detail(section: Section) -> list[tuple[str, str]]:
    found = []
    for entry in section.named("detail", "detail"):
        if isinstance(entry.value, Scalar) and NAME.fullmatch(entry.key):
            found.append((entry.key, entry.value.written))
        else:
            section.report.error(entry.place, "A detail is a name and a text.")
    return found
