"""Canned replies: messages of the rule book that reps put into their answers to letters."""

from string import Template

from makegood.effects.words import chosen_text, greeting
from makegood.playbooks.book import RuleBook, books_in
from makegood.playbooks.terms import MessageTemplate
from makegood.ports.rows import PersonRow


def canned_of(book: RuleBook) -> tuple[tuple[str, str], ...]:
    """Give the canned replies of a book and of its brands: (id, subject)."""
    found: dict[str, MessageTemplate] = {}
    for one in books_in(book):
        found |= {id_: it for id_, it in one.messages.items() if it.canned}
    return tuple((id_, it.texts["en"].subject) for id_, it in sorted(found.items()))


def canned_words(
    book: RuleBook, canned: str, brand: str, person: PersonRow | None, owner: str
) -> str:
    """Fill in a canned reply in the customer's language; empty when there is none of that id."""
    own = book.for_brand(brand)
    template = own.messages.get(canned) or book.messages.get(canned)
    if template is None or not template.canned:
        return ""
    language, text = chosen_text(template, person.language if person else "")
    known = own.brands.get(brand)
    return Template(text.text).safe_substitute(
        greeting=greeting(person.name if person else "", language),
        brand=known.name if known else "",
        brand_phone=known.phone if known else "",
        umbrella=book.umbrella,
        owner=owner,
    )
