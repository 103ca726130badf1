"""Tables as tools export them: in which letters, between which signs, and with which columns."""

import codecs
import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO

from makegood.messages.errors import InputError

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
          (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_SIGNS = ",;\t"
_PEEKED = 4096
_LONGEST_HEAD = 64 * 1024


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
        begin = content.read(_PEEKED)
        content.seek(0)
        letters = next((name for mark, name in _MARKS if begin.startswith(mark)), "utf-8")
        if letters == "utf-8" and b"\0" in begin:
            raise InputError("The table is in UTF-16 without a mark; save it as UTF-8.")
        self.line = 0
        text = TextIOWrapper(content, letters, newline="")
        try:
            head = text.readline(_LONGEST_HEAD)
        except UnicodeDecodeError as error:
            raise InputError("The table is neither UTF-8 nor UTF-16.") from error
        text.seek(0)
        self._rows = self._counted(text, max(_SIGNS, key=head.count))
        names = next(self._rows, [])
        self.columns = {name.strip().casefold(): n for n, name in enumerate(names) if name.strip()}

    def __iter__(self) -> Iterator[list[str]]:
        return (row for row in self._rows if any(cell.strip() for cell in row))

    def _counted(self, text: TextIOWrapper, sign: str) -> Iterator[list[str]]:
        reader = csv.reader(text, delimiter=sign)
        while True:
            try:
                row = next(reader, None)
            except csv.Error as error:
                where = f"Line {reader.line_num}"
                raise InputError(f"{where}: the table cannot be read: {error}.") from error
            except UnicodeDecodeError as error:
                where = f"After line {reader.line_num}"
                raise InputError(f"{where}: the table is neither UTF-8 nor UTF-16.") from error
            if row is None:
                return
            self.line = reader.line_num
            yield row
