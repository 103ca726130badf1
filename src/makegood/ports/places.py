"""Rows of places: the locations of the brands that can take a customer in."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from makegood.messages.ids import PlaceId


class Contact(Struct, frozen=True, kw_only=True):
    """Somebody at the desk of a place who answers.

    Attributes:
        name: Who; empty for whoever is there.
        email: Where an ask is sent.
        phone: Whom our own people call.
    """

    name: str = ""
    email: str = ""
    phone: str = ""


class PlaceRow(Struct, frozen=True, kw_only=True):
    """A location of a brand: a hotel, a branch, a workshop.

    Attributes:
        place: Its id, as the property systems and the availability call it.
        brand: Whose it is.
        name: What customers and colleagues call it.
        kind: hotel, branch, and so on; rule books name it.
        latitude: In degrees; None when not known.
        longitude: In degrees; None when not known.
        near: Neighbours by their ids, with how far they are in metres; where both are known this
            counts before the coordinates.
        rank: How good it is, higher is better; 0 when nobody said.
        address: As it is written on an envelope, in one line.
        directions: How to get there, in a sentence.
        timezone: IANA name; empty for the book's.
        language: Of its people.
        contacts: Who answers there; the first is asked.
        closed: It is asked no more.
    """

    place: PlaceId
    brand: str
    name: str
    kind: str
    latitude: float | None = None
    longitude: float | None = None
    near: Mapping[str, int] = {}
    rank: int = 0
    address: str = ""
    directions: str = ""
    timezone: str = ""
    language: str = "en"
    contacts: tuple[Contact, ...] = ()
    closed: bool = False

    @property
    def email(self) -> str:
        """Where an ask is sent; empty when nobody can be written to."""
        return next((one.email for one in self.contacts if one.email), "")

    @property
    def phone(self) -> str:
        """Whom our own people call."""
        return next((one.phone for one in self.contacts if one.phone), "")


class PlaceReading(Protocol):
    """What is known of places."""

    def places(
        self, *, brands: Sequence[str] = (), after: str = "", limit: int = 50
    ) -> tuple[PlaceRow, ...]:
        """Page through the places by id.

        Args:
            brands: Only of these; none for all.
            after: Id of the last one of the page before.
            limit: At most so many.
        """

    def places_by_id(self, places: Sequence[str]) -> Mapping[str, PlaceRow]:
        """Give some places; unknown ones are left out."""


class PlaceWriting(Protocol):
    """What changes places."""

    def put_places(self, rows: Sequence[PlaceRow]) -> None:
        """Write places; one of the same id is replaced."""
