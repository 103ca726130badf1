"""How a firm's guest lists are read and when two rows are one person: a file of data, checked.

Thresholds never enter the fold: what they decide is an event with its probability. So they are no
part of the rule book, which judges what happened to a customer.
"""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from makegood.messages.errors import InputError
from makegood.playbooks.mistakes import BookErrors, Report, nearest
from makegood.playbooks.nodes import Fields, Scalar, read_nodes
from makegood.playbooks.reading import Section, without_repeats

FIELDS: Mapping[str, str] = {
    "name": "Name",
    "given": "Given name",
    "surname": "Surname",
    "birth": "Date of birth",
    "mail": "E-mail",
    "phone": "Telephone",
    "street": "Street and house",
    "house": "House number",
    "place": "Further line of the address",
    "city": "Town",
    "postcode": "Postcode",
    "region": "State or county",
    "number": "Number both lists have",
}
"""What a column of a list may be, and what it is called."""
KINDS = ("user", "loyalty")
LINKED_AT, REVIEW_AT = 0.95, 0.5
"""When a plan says nothing: chosen on generated guests of another seed than those measured."""
CLEAR_BY = 20  # how many times as likely the best match of a row must be as its next


class GuestList(Struct, frozen=True, kw_only=True):
    """How one list is read.

    Attributes:
        id: The stem of its file's name, or what the command calls it.
        brand: Whose list it is.
        kind: `user` or `loyalty`: what names the customer of a row.
        key: Column that holds it.
        columns: Field -> column.
        birth_as: How dates are written, as `strptime` knows it; empty for the usual forms.
    """

    id: str
    brand: str
    kind: str
    key: str
    columns: Mapping[str, str]
    birth_as: str = ""

    def identifier(self, value: str) -> str:
        """Give the typed identifier of a row's customer."""
        return f"loyalty:{self.brand}:{value}" if self.kind == "loyalty" else f"user:{value}"


class Plan(Struct, frozen=True, kw_only=True):
    """What a run is told.

    Attributes:
        lists: How each is read.
        linked_at: From this probability on two rows are linked; reversible.
        review_at: From this one on a person is asked.
        clear_by: How many times as likely the best match must be as the next one of either row.
        search: Fields that pairs are looked for by may not include these.
    """

    lists: tuple[GuestList, ...]
    linked_at: float = LINKED_AT
    review_at: float = REVIEW_AT
    clear_by: int = CLEAR_BY
    search_without: tuple[str, ...] = ()


def read_plan(path: Path) -> Plan:
    """Read a plan.

    Raises:
        InputError: The file cannot be read.
        BookErrors: It has mistakes; all of them, each with its line.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}.") from None
    return plan_of(text, path.name)


def plan_of(text: str, name: str) -> Plan:
    """Read a plan from its text.

    Raises:
        BookErrors: It has mistakes.
    """
    report = Report(name)
    roots = read_nodes(text, report)
    if roots:
        plan = _plan(Section(roots[0], "plan", report))
        if not report.errors:
            return plan
    raise BookErrors(report.errors)


def _plan(top: Section) -> Plan:
    if top.whole("links", most=1) != 1:
        top.error("links", "This is not a plan of links of version 1.", "Start with `links: 1`.")
    linked, review = _chance(top, "linked_at", LINKED_AT), _chance(top, "review_at", REVIEW_AT)
    if review > linked:
        why = "Below `review_at` nothing happens, so it cannot be above `linked_at`."
        top.error("review_at", why, "Lower it.")
    sections = top.sections("lists", "list")
    lists = tuple(_list(section) for section in sections)
    kept = list(without_repeats(sections, tuple(one.id for one in lists)))
    if len(kept) < 2 and not top.report.errors:
        top.error("lists", "Links are between lists of two brands.", "Describe another list.")
    if len({one.brand for one in lists}) < len(lists):
        why = "Two lists of one brand are not compared with each other."
        top.error("lists", why, "Put them together into one file.")
    plan = Plan(
        lists=lists,
        linked_at=linked,
        review_at=review,
        clear_by=top.whole("clear_by", CLEAR_BY, most=10**6),
    )
    top.done()
    return plan


def _chance(top: Section, key: str, otherwise: float) -> float:
    found = top.ratio(key, otherwise)
    if not 0.0 < found < 1.0:
        top.error(key, f"`{key}` is a probability above 0 and below 1.", "For example 0.99.")
    return found


def _list(section: Section) -> GuestList:
    brand = section.name("brand")
    customer = section.section("customer", "customer", required=True)
    kind, key = "user", ""
    if customer is not None:
        kind, key = customer.choice("kind", KINDS), customer.text("column")
        customer.done()
    found = GuestList(
        id=section.text("id"),
        brand=brand,
        kind=kind,
        key=key,
        columns=_columns(section),
        birth_as=section.text("birth_as", default=""),
    )
    section.done()
    return found


def _columns(section: Section) -> Mapping[str, str]:
    node = section.node("columns", required=True)
    if not isinstance(node, Fields):
        if node is not None:
            section.error("columns", "`columns` names the column of each field.", "mail: E-mail")
        return {}
    found: dict[str, str] = {}
    for entry in node.entries:
        if entry.key not in FIELDS:
            hint = nearest(entry.key, FIELDS)
            section.report.error(entry.place, f"There is no field `{entry.key}`.", hint)
        elif not isinstance(entry.value, Scalar) or not entry.value.written:
            section.report.error(entry.place, f"`{entry.key}` needs the name of a column.", "")
        else:
            found[entry.key] = entry.value.written
    if "name" not in found and "surname" not in found:
        section.error("columns", "A list without names cannot be compared.", "Map `name`.")
    return found
