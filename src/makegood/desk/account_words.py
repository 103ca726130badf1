"""What the fields of the forms about accounts are called on the page, for what is refused."""

import re
from collections.abc import Mapping

FIELDS: Mapping[str, str] = {
    "account": "Its own name",
    "name": "Called",
    "kind": "What it is",
    "tells": "A case writes to",
    "acts_for": "An agency acts for",
    "identifier": "Who",
    "role": "What they do",
    "agreement": "Its number",
    "code": "Code in the booking systems",
    "percent_off": "Per cent off",
    "prices": "Fixed prices",
    "waives": "What they need not pay or do",
    "promises": "What is promised, in one word",
    "broken_by": "Broken by",
    "owes": "Then owed",
    "amount": "A sum",
    "percent_of_price": "or per cent of the price",
    "within": "Paid within",
    "brand": "Agreed at",
    "place": "One place of that brand",
    "elsewhere": "Honoured elsewhere under the umbrella",
    "not_at": "Not at",
    "also_at": "Also at",
    "from": "From",
    "until": "Last day",
}
_NAMED = re.compile(r"`([a-z_]+)`")


def in_words(refusal: object) -> str:
    """Name the fields of a refusal as the page does; a table and the API call them otherwise."""
    return _NAMED.sub(lambda it: f"“{FIELDS.get(it[1], it[1])}”", str(refusal))
