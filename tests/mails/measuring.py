"""Measure how well mails are classed: `python -m tests.mails.measuring [seen|held_out|hard]`."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from makegood.books.opening import shipped_books
from makegood.gate.mail_kinds import MailKinds
from makegood.messages.commands import HELD_CLASSES
from makegood.playbooks.book import Library
from makegood.playbooks.load import load_book
from makegood.store.memory import MemoryStore
from makegood.testing.clock import FakeClock
from tests.mails import texts_hard, texts_held_out, texts_seen
from tests.mails.making import Made, made

SETS = {
    "seen": (texts_seen.TEXTS, 1),
    "held_out": (texts_held_out.TEXTS, 2),
    "hard": (texts_hard.TEXTS, 3),
}
CLASSES = ("promotional", "survey", "mixed", "service", "receipt", "")


@dataclass
class Measured:
    """What came of one set: (label, answer) -> how many, and the mails that went wrong."""

    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[tuple[Made, str, str]] = field(default_factory=list)

    @property
    def mails(self) -> int:
        return sum(self.pairs.values())

    def precision(self, name: str) -> float:
        given = sum(n for (_, answer), n in self.pairs.items() if answer == name)
        return self.pairs[name, name] / given if given else 1.0

    def recall(self, name: str) -> float:
        there = sum(n for (label, _), n in self.pairs.items() if label == name)
        return self.pairs[name, name] / there if there else 1.0

    def share(self, labels: Iterable[str], answers: Iterable[str]) -> float:
        """The share of mails with these labels that had one of these answers."""
        labels, answers = set(labels), set(answers)
        there = sum(n for (label, _), n in self.pairs.items() if label in labels)
        hit = sum(n for (one, two), n in self.pairs.items() if one in labels and two in answers)
        return hit / there if there else 0.0


SELLS = frozenset(one.value for one in HELD_CLASSES)
SERVES = frozenset({"service", "receipt"})


def kinds() -> MailKinds:
    book = load_book(shipped_books()["car-rental"], name="car-rental.yaml")
    library = Library(active=book.hash, books={book.hash: book})
    return MailKinds(MemoryStore(), lambda: library, FakeClock())


def measure(name: str) -> Measured:
    texts, seed = SETS[name]
    measured, knows = Measured(), kinds()
    for mail in made(texts, seed=seed):
        found = knows.classify(mail.content, recipients=[mail.recipient])
        answer = found.message_class.value if found.message_class else ""
        measured.pairs[mail.text.label, answer] += 1
        if answer != mail.text.label:
            measured.wrong.append((mail, answer, found.says))
    return measured


def main(name: str) -> None:
    measured = measure(name)
    print(f"{name}: {measured.mails} mails of {len(SETS[name][0])} texts")
    print(f"{'class':12} {'precision':>9} {'recall':>7}")
    for one in CLASSES:
        print(f"{one or 'none':12} {measured.precision(one):9.2f} {measured.recall(one):7.2f}")
    print(f"held of what sells or asks     {measured.share(SELLS, SELLS):.2f}")
    print(f"held of what serves            {measured.share(SERVES, SELLS):.2f}")
    print(f"held of what nobody can tell   {measured.share({''}, SELLS):.2f}")
    for mail, answer, says in measured.wrong:
        print(f"  {mail.text.label or 'none'} -> {answer or 'none'}: {mail.text.subject} | {says}")


if __name__ == "__main__":
    main(*sys.argv[1:] or ["seen"])
