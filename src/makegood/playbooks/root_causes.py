"""The section `root_causes`: who answers for what makes customers' days bad, and by when."""

from collections.abc import Mapping

from msgspec import Struct

from makegood.playbooks.reading import Section

DAY_MS = 86_400_000
USUAL_ANSWER_MS = 14 * DAY_MS


class RootCauseTerms(Struct, frozen=True, kw_only=True):
    """Who is asked about a root cause; the words are those of the section on reputations.

    Attributes:
        answer_ms: How long the owner has for an answer.
        owners: Sign-in name of who answers for a rule, by its id.
        places: Sign-in name of who answers for a place, by its id.
        otherwise: Who answers for everything else; empty for the supervisors together.
    """

    answer_ms: int = USUAL_ANSWER_MS
    owners: Mapping[str, str] = {}
    places: Mapping[str, str] = {}
    otherwise: str = ""

    def owner_of(self, kind: str, name: str) -> str:
        """Give who answers for a rule, a place or something else; empty for nobody by name."""
        known = {"rule": self.owners, "place": self.places}.get(kind, {})
        return known.get(name, self.otherwise)


def read_root_causes(top: Section) -> RootCauseTerms:
    """Read the section; without it supervisors answer within the usual time."""
    section = top.section("root_causes", "section about root causes")
    if section is None:
        return RootCauseTerms()
    answer_ms = section.span_ms("answer_within", default=USUAL_ANSWER_MS)
    if section.has("answer_within") and answer_ms < DAY_MS:
        section.error("answer_within", "`answer_within` is a day or longer.", "Write 14d.")
    terms = RootCauseTerms(
        answer_ms=max(answer_ms, DAY_MS),
        owners=_people(section, "owners"),
        places=_people(section, "places"),
        otherwise=section.text("otherwise", default=""),
    )
    section.done()
    return terms


def _people(section: Section, key: str) -> Mapping[str, str]:
    found = {}
    for entry in section.named(key, "rule or place"):
        value = getattr(entry.value, "value", None)
        if isinstance(value, str) and value.strip():
            found[entry.key] = value.strip()
        else:
            section.report.error(
                entry.value.place, f"Nobody answers for `{entry.key}`.", "Write a sign-in name."
            )
    return found
