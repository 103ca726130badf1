"""What a rule book says of telephone calls: what fails, who calls back, what words may mean."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from unicodedata import normalize

from msgspec import Struct

from makegood.messages.call_facts import CALL_EVENTS

_GAP = re.compile(r"[\s\u2019']+")


class RunAround(Struct, frozen=True, kw_only=True):
    """When a customer was sent around; any one of the limits is enough, 0 is no limit.

    Attributes:
        fails_as: Failure of the book.
        transfers: So many hand-ons of one call.
        held_ms: So long on hold, all holds of the call together.
        told_again: So many times asked for what they had said already.
    """

    fails_as: str
    transfers: int = 0
    held_ms: int = 0
    told_again: int = 0


class CallBackTerms(Struct, frozen=True, kw_only=True):
    """The clock of a supervisor's call-back.

    Attributes:
        within_ms: How soon the supervisor of the person has called.
        higher_ms: How long each one above has, when it goes one higher.
        in_duty: Both count in the firm's hours of duty alone.
        tell: Message that tells the customer who calls by when; empty tells nobody.
        late: Message that says that it will be later, and until when; empty says nothing.
        ahead_ms: So long before its time that is said, while nobody has called.
    """

    within_ms: int
    higher_ms: int
    in_duty: bool = False
    tell: str = ""
    late: str = ""
    ahead_ms: int = 0


class HintRule(Struct, frozen=True, kw_only=True):
    """Words of a transcript that make a suggestion, and never more than that.

    Attributes:
        phrases: By language; all are looked for, whatever language the call was in.
        fails_as: The failure that is suggested to a person.
    """

    id: str
    title: str
    fails_as: str
    phrases: Mapping[str, tuple[str, ...]]
    line: int = 0

    def hears(self, sentence: str) -> bool:
        """Whether a phrase stands in a sentence, as whole words."""
        heard = plainly(sentence)
        return any(
            plain in heard and pattern.search(heard)
            for plain, pattern in _patterns(_all(self.phrases))
        )


class CallRules(Struct, frozen=True, kw_only=True):
    """The section `calls`; without it no event of a call is more than a touchpoint.

    Attributes:
        heard: The book has the section.
        gave_up_as: Failure when the customer hung up before anybody answered; empty for none.
        gave_up_ms: After so long a wait.
        hung_up_as: Failure when a person of ours hung up with nothing solved; empty for none.
        flagged_as: Failure when the customer flags the person they spoke with; empty for none.
        call_back: The supervisor's clock; None where nobody calls back.
        hints: What transcripts suggest.
    """

    heard: bool = False
    runaround: RunAround | None = None
    gave_up_as: str = ""
    gave_up_ms: int = 0
    hung_up_as: str = ""
    flagged_as: str = ""
    call_back: CallBackTerms | None = None
    hints: tuple[HintRule, ...] = ()

    @property
    def messages(self) -> frozenset[str]:
        """The messages that it sends."""
        terms = self.call_back
        return frozenset({terms.tell, terms.late} - {""}) if terms is not None else frozenset()

    @property
    def events(self) -> frozenset[str]:
        """The events that it hears; none without the section."""
        return CALL_EVENTS if self.heard else frozenset()

    def hint(self, name: str) -> HintRule | None:
        """Find a hint by its id."""
        return next((one for one in self.hints if one.id == name), None)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every failure that it names."""
        around = self.runaround.fails_as if self.runaround else ""
        named = (around, self.gave_up_as, self.hung_up_as, self.flagged_as)
        return tuple(dict.fromkeys(it for it in (*named, *_of(self.hints)) if it))


def plainly(words: str) -> str:
    """Write words in their one form: small letters, whole accents, one space, no apostrophes."""
    return _GAP.sub(" ", normalize("NFC", words.casefold())).strip()


def _of(hints: Iterable[HintRule]) -> tuple[str, ...]:
    return tuple(one.fails_as for one in hints)


def _all(phrases: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(phrase for some in phrases.values() for phrase in some)


@lru_cache(maxsize=256)
def _patterns(phrases: tuple[str, ...]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Give each phrase in its one form with its pattern; looking for it as it is costs little."""
    plain = tuple(plainly(one) for one in phrases)
    return tuple((one, re.compile(rf"(?<!\w){re.escape(one)}(?!\w)")) for one in plain)
