"""Lines of mails that come again and again, taken apart once.

A template sends the same lines to thousands of people, and few of their own to each. Finding the
words of a line takes far longer than finding the line among those of a moment ago.
"""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from makegood.core.skeletons import MOST_READ
from makegood.playbooks.outgoing_terms import Compared, as_words, compared, words_of

ROOM: Final = 128 * 1024  # characters of one generation; some 5 MB of memory, for forty templates
_MOST_LINE: Final = 4 * 1024  # a whole page on one line is a text of its own
_MOST_ONCE: Final = 32 * 1024  # lines seen once, of which only a hash is kept


class _Piece(Struct, frozen=True, eq=False):
    written: Sequence[str]
    small: Compared


class Lines:
    """Remembers lines that came twice; a line that comes once is somebody's own, or new.

    There are two generations: what the older one does not see again is forgotten.
    """

    def __init__(self, room: int = ROOM) -> None:
        """Begin without any.

        Args:
            room: Characters that one generation may hold.
        """
        self._room = room
        self._size = 0
        self._young: dict[str, _Piece] = {}
        self._old: dict[str, _Piece] = {}
        self._once: set[int] = set()

    def apart(self, text: str) -> tuple[list[str], Compared]:
        """Give the words of a text as written, enough for a skeleton; and all as compared."""
        pieces = [piece for piece in self._pieces(text) if piece.written]
        written: list[str] = []
        for one in pieces:
            written += one.written
            if len(written) >= MOST_READ:
                break
        if len(pieces) == 1:
            return written, pieces[0].small
        return written, Compared(
            text=" ".join([one.small.text for one in pieces]),
            seen=frozenset().union(*[one.small.seen for one in pieces]),
            starts=frozenset().union(*[one.small.starts for one in pieces]),
        )

    def _pieces(self, text: str) -> list[_Piece]:
        """Give known lines as they are known, and what lies between them as it is now."""
        pieces: list[_Piece] = []
        new: list[str] = []
        for line in text.split("\n"):
            piece = self._young.get(line) or self._known(line)
            if piece is None:
                new.append(line)
                continue
            if new:
                pieces.append(_taken_apart("\n".join(new)))
                new = []
            pieces.append(piece)
        return [*pieces, _taken_apart("\n".join(new))] if new else pieces

    def _known(self, line: str) -> _Piece | None:
        """Give a line that came before, and remember it from its second time on."""
        piece = self._old.get(line)
        if piece is None:
            if len(line) > _MOST_LINE:
                return None
            mark = hash(line)
            if mark not in self._once:
                if len(self._once) >= _MOST_ONCE:
                    self._once.clear()
                self._once.add(mark)
                return None
            piece = _taken_apart(line)
        self._size += len(line)
        if self._size > self._room:
            self._old, self._young, self._size = self._young, {}, len(line)
        self._young[line] = piece
        return piece


def _taken_apart(text: str) -> _Piece:
    written = words_of(text)
    return _Piece(written, compared(as_words(written)))
