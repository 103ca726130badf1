"""What every fact of an event is made of."""

from typing import TypeAlias

from msgspec import Struct

Fact: TypeAlias = object
"""A JSON value, checked at the edge: null, bool, int, float, str, list or map of these."""
Facts: TypeAlias = dict[str, Fact]
TextRef: TypeAlias = str
"""Key of a free text in the side table of personal data; the log never holds the words."""


class FactBody(Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True, tag=True):
    """One kind of fact; every fact of ours and of the outside is one of these."""
