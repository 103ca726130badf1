"""Tables as tools export them: in which letters, between which signs, and with which columns."""

import codecs
import csv
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from makegood.messages.errors import InputError

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
          (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_SIGNS = ",;\t"
_PIECE = 64 * 1024
_LONGEST_LINE = 1024 * 1024


class Rows:
    """The rows of a table, one after the other; nothing is read before it is asked for.

    Attributes:
        columns: Names of the head in small letters, with their places in a row.
        line: Where the row that was given last ends, counted from 1.
    """

    def __init__(self, content: BinaryIO) -> None:
        """Read the head.

        Raises:
            InputError: It is no table of text.
        """
        self.line = 0
        lines = _lines(content)
        head = next(lines, "")
        self._rows = self._counted(chain((head,), lines), max(_SIGNS, key=head.count))
        names = next(self._rows, [])
        self.columns = {name.strip().casefold(): n for n, name in enumerate(names) if name.strip()}

    def __iter__(self) -> Iterator[list[str]]:
        return (row for row in self._rows if any(cell.strip() for cell in row))

    def _counted(self, lines: Iterator[str], sign: str) -> Iterator[list[str]]:
        reader = csv.reader(lines, delimiter=sign)
        while True:
            try:
                row = next(reader, None)
            except csv.Error as error:
                where = f"Line {reader.line_num}"
                raise InputError(f"{where}: the table cannot be read: {error}.") from error
            if row is None:
                return
            self.line = reader.line_num
            yield row


def _lines(content: BinaryIO) -> Iterator[str]:
    """Give line after line with its end; a line of many megabytes is none.

    Raises:
        InputError: It is no text.
    """
    piece = content.read(_PIECE)
    letters = next((name for mark, name in _MARKS if piece.startswith(mark)), "utf-8")
    if letters == "utf-8" and b"\0" in piece:
        raise InputError("The table is in UTF-16 without a mark; save it as UTF-8.")
    decoder = codecs.getincrementaldecoder(letters)()
    rest, number = "", 0
    while True:
        try:
            rest += decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            at = number + piece[: error.start].count(b"\n") + 1
            raise InputError(f"Line {at}: the table is neither UTF-8 nor UTF-16.") from error
        *whole, rest = rest.split("\n")
        for line in whole:
            number += 1
            yield f"{line}\n"
        if len(rest) > _LONGEST_LINE:
            raise InputError(f"Line {number + 1} has no end.")
        if not piece:
            break
        piece = content.read(_PIECE)
    if rest:
        yield rest
