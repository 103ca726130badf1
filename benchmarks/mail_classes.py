"""How long it takes to class a mail: `python benchmarks/mail_classes.py`.

On made-up mails of the tests, and on a long one with two parts and an attachment. Times are of
this process alone; the share of an SMTP gate's work is for the benchmark of the gate to tell.
"""

import sys
import time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.mails.making import made
from tests.mails.measuring import SETS, kinds

ROUNDS = 5
EACH = 8


def long_mail() -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = "Northwind <hello@cars.northwind.example.com>"
    mail["To"] = "Anna Example <anna@example.org>"
    mail["Subject"] = "Your booking NW100"
    words = "your booking is confirmed and the small words of a long mail go on and on " * 130
    mail.set_content(words)
    cells = "".join(f"<td style='color: red'>{word}</td>" for word in words.split())
    mail.add_alternative(f"<html><body><table>{cells}</table></body></html>", subtype="html")
    mail.add_attachment(b"x" * 300_000, maintype="application", subtype="pdf", filename="a.pdf")
    return mail.as_bytes()


def microseconds(contents: list[bytes]) -> float:
    knows = kinds()
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        for number, content in enumerate(contents):
            knows.classify(content, recipients=[f"p{number}@example.org"])
        best = min(best, (time.process_time() - begin) / len(contents))
    return best * 1e6


def main() -> None:
    short = [one.content for one in made(SETS["held_out"][0], seed=9, each=EACH)]
    length = sum(map(len, short)) / len(short)
    print(f"{len(short)} mails of {length:.0f} bytes: {microseconds(short):.0f} µs each")
    long = [long_mail()] * 20
    print(f"one of {len(long[0])} bytes: {microseconds(long):.0f} µs")


if __name__ == "__main__":
    main()
