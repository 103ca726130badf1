"""A canned reply is service, and says only what is known in an answer to a letter."""

from makegood.desk.letter_card import canned_of, canned_words
from makegood.messages.ids import ProfileId
from makegood.playbooks.load import load_book
from makegood.ports.rows import PersonRow
from tests.unit.playbooks.books import mistakes_of  # type: ignore[import-not-found]
