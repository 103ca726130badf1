"""The book of what was said, in which a late parcel's taxi is reimbursed."""

from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from tests.unit.playbooks.said_book import TWO_BRANDS

CLAIMS = """\
claims:
  - id: taxi
    title: {en: The taxi that you took}
    source: our terms, 9
    for: [parcel_late]
    most_cents: 8000
    receipt_above_cents: 1500
    within: 30d
    pays: expenses
    not_payable: [alcohol]
    says: {en: "Drinks are not what we pay for."}
    answer_within: 2d
requests:
"""
EXPENSES = """\
remedies:
  - id: expenses
    kind: refund
    title: {en: What you spent}
    provider: payments
"""
CLAIMING = TWO_BRANDS.replace("requests:\n", CLAIMS, 1).replace("remedies:\n", EXPENSES, 1)


def claim_library(text: str = CLAIMING) -> Library:
    """Load the book."""
    book = load_book(text, name="claims.yaml")
    return Library(active=book.hash, books={book.hash: book})
