"""What parity looks at: how one case went, and how one request was answered; nobody's name."""

from collections.abc import Mapping
from math import inf

from msgspec import Struct

NOT_TOLD = "not told"
"""The group of those about whom nobody told the fact."""


class Served(Struct, frozen=True, gc=False, kw_only=True):
    """How one case went.

    Attributes:
        group: What the customer belongs to, as it was when the case opened.
        kind: The worst failure of the case.
        severity: How bad it was.
        answered: Anything of ours reached them: words, a person or a remedy.
        human_ms: Until a person spoke to them or gave them something; infinite for never.
        remedy_ms: Until the first remedy was carried out; infinite for never.
        whole: They were made whole.
        price_cents: Of what failed; 0 when nobody told.
        goodwill: Cents given as goodwill, by kind of remedy, in the currency of the price.
        owed_cents: What was owed, in the currency of the price.
        paid: All that was owed was paid; None when nothing was owed.
    """

    group: str
    kind: str
    severity: int
    answered: bool = False
    human_ms: float = inf
    remedy_ms: float = inf
    whole: bool = False
    price_cents: int = 0
    goodwill: Mapping[str, int] = {}
    owed_cents: int = 0
    paid: bool | None = None

    @property
    def stratum(self) -> tuple[str, int]:
        """What it is compared with: the same failure, as bad."""
        return self.kind, self.severity


class Answered(Struct, frozen=True, gc=False, kw_only=True):
    """How one request was answered.

    Attributes:
        request: Which; its table.
        answer: allow, deny or person, as the table said.
    """

    group: str
    request: str
    answer: str

    @property
    def stratum(self) -> str:
        """What it is compared with: the same request."""
        return self.request
