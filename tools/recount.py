"""Count the storm again, from the exported log and the outside world's file alone.

    python tools/recount.py --log log.jsonl --outside outside.jsonl --report report.json

It does not import Makegood and shares no code with it: the few rules of the shipped airline book
that it needs are written here a second time, and holds are derived anew. A hold stands from the
moment our server received the failure until the customer said that it is good again, or a person
released it. Any number that differs from the report is printed, and the exit code is 1.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

# The airline book's numbers, written a second time.
LATE_MINUTES = 180
LONG_MINUTES = 360
WINDOW_MS = 180 * 86_400_000
SEVERITY = {"flight_cancelled": 4, "flight_delayed": 3}
OFFER_MESSAGE = "plan_b"
CARE = {"service", "receipt", "safety", "legal"}
FOREVER = float("inf")
FLOWN = ("Flight Delayed", "Flight Arrived")


@dataclass
class Failure:
    about: str
    rule: str
    severity: int
    at_ms: int
    cause: str


@dataclass
class Case:
    """One recovery; it holds from `from_ms` to `to_ms`."""

    from_ms: float
    to_ms: float = FOREVER
    open: bool = True
    good: bool = False
    failures: list = field(default_factory=list)
    unclear: dict = field(default_factory=dict)


class Customer:
    """One customer's history, told in order."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.seconds = self.unjudged = 0

    def held_at(self, at_ms: float) -> bool:
        return any(case.from_ms <= at_ms < case.to_ms for case in self.cases)

    def held_within(self, from_ms: float, to_ms: float) -> bool:
        return any(case.from_ms <= to_ms and from_ms < case.to_ms for case in self.cases)

    def open_case(self) -> Case | None:
        return next((case for case in reversed(self.cases) if case.open), None)

    def tell(self, event: dict) -> None:
        body, kind = event["body"], event["body"]["type"]
        if kind == "touchpoint":
            self._met(event, body["name"], body.get("properties", {}))
        elif kind == "judged":
            self._judged(event, body)
        elif kind == "answered" and body["answer"] == "good":
            case = self.open_case()
            if case is not None and case.failures:
                self._end(case, event["received_ms"], good=True)
        elif kind == "released":
            case = self.open_case()
            if case is not None:
                self._end(case, event["received_ms"], good=False)

    def _met(self, event: dict, name: str, facts: dict) -> None:
        about = f"{facts.get('flight')}/{facts.get('date')}"
        if name == "Flight Cancelled":
            self._failed(
                event, Failure(about, "flight_cancelled", 4, event["time_ms"], blame(facts))
            )
        elif name in FLOWN and "delay_minutes" not in facts:
            self.unjudged += 1
            case = self.open_case() or self._opened(event)
            case.unclear[event_id(event)] = about
        elif name in FLOWN and facts["delay_minutes"] >= LATE_MINUTES:
            severity = 4 if facts["delay_minutes"] >= LONG_MINUTES else 3
            failure = Failure(about, "flight_delayed", severity, event["time_ms"], blame(facts))
            self._failed(event, failure)

    def _failed(self, event: dict, failure: Failure) -> None:
        known = [
            (case, one)
            for case in self.cases
            for one in case.failures
            if one.about == failure.about
        ]
        if known:
            case, before = known[-1]
            if case.open or failure.severity <= before.severity:
                if failure.severity >= before.severity:
                    before.rule, before.cause = failure.rule, failure.cause
                before.severity = max(before.severity, failure.severity)
                return
        case = self.open_case()
        if not known:
            in_open = case is not None and bool(case.failures)
            earlier = (one.at_ms for c in self.cases if c is not case for one in c.failures)
            soon = any(0 <= failure.at_ms - at_ms <= WINDOW_MS for at_ms in earlier)
            self.seconds += in_open or soon
        (case or self._opened(event)).failures.append(failure)

    def _opened(self, event: dict) -> Case:
        self.cases.append(Case(from_ms=event["received_ms"]))
        return self.cases[-1]

    def _judged(self, event: dict, body: dict) -> None:
        case = self.open_case()
        if case is None or body["question"] not in case.unclear:
            return
        about = case.unclear.pop(body["question"])
        if body["failure"]:
            failure = Failure(about, body["failure"], 3, event["time_ms"], "firm")
            self._failed(event, failure)
        elif not case.unclear and not case.failures:
            self._end(case, event["received_ms"], good=False)

    def _end(self, case: Case, at_ms: int, *, good: bool) -> None:
        case.open, case.good, case.to_ms = False, good, at_ms


def event_id(event: dict) -> str:
    joined = f"{event['source']}\x1f{event['message_id']}".encode()
    return "e" + blake2b(joined, digest_size=16).hexdigest()


def blame(facts: dict) -> str:
    """The weather, by the book's thresholds, or the firm."""
    seen = facts.get("weather", {})
    snow = seen.get("precip_inches", 0) >= 0.01 and seen.get("temp_f", 99) <= 34.0
    rough = (
        seen.get("visibility_miles", 10) < 1.0
        or seen.get("wind_mph", 0) >= 30.0
        or seen.get("gust_mph", 0) >= 40.0
        or seen.get("precip_inches", 0) >= 0.1
    )
    return "nature" if snow or rough else "firm"


class Log:
    """The exported log: histories by customer, and who has which address."""

    def __init__(self, path: Path) -> None:
        self.events: list[dict] = []
        self.people: list[dict] = []
        with path.open(encoding="utf-8") as lines:
            for line in map(json.loads, lines):
                if "person" in line:
                    self.people.append(line["person"])
                else:
                    self.events.append(line)
        self._same: dict[str, str] = {}
        for event in self.events:
            for other in event["body"].get("also", ()):
                self._same[self.root(other)] = self.root(event["profile"])
        self.customers = self._histories()
        self.behind: dict[str, set[str]] = defaultdict(set)
        for person in self.people:
            if person.get("email"):
                self.behind[person["email"]].add(self.root(person["profile"]))

    def root(self, profile: str) -> str:
        while profile in self._same:
            profile = self._same[profile]
        return profile

    def _histories(self) -> dict[str, Customer]:
        def order(event: dict) -> tuple:
            return (
                event["time_ms"], event["received_ms"], event["source"], event["message_id"],
            )  # fmt: skip

        customers: dict[str, Customer] = defaultdict(Customer)
        for event in sorted(self.events, key=order):
            customers[self.root(event["profile"])].tell(event)
        return customers

    def held_at(self, address: str, at_ms: float) -> bool:
        return any(self.customers[one].held_at(at_ms) for one in self.behind[address])

    def held_within(self, address: str, from_ms: float, to_ms: float) -> bool:
        return any(self.customers[one].held_within(from_ms, to_ms) for one in self.behind[address])


class Outside:
    """The file of the outside world."""

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8") as lines:
            taken = [json.loads(line) for line in lines]
        mails = [one for one in taken if one["type"] == "mail"]
        self.texts = [one for one in taken if one["type"] == "sms"]
        self.deeds = [one for one in taken if one["type"] == "deed"]
        self.marketing = [one for one in mails if "x-campaign" in one["headers"]]
        self.own = [one for one in mails if "x-campaign" not in one["headers"]]

    def campaigns(self) -> dict[str, list[dict]]:
        found: dict[str, list[dict]] = defaultdict(list)
        for mail in self.marketing:
            found[mail["headers"]["x-campaign"]].append(mail)
        return found


def sent_ms(mail: dict) -> int:
    return int(mail["headers"]["x-campaign-sent-ms"])


def recount(log: Log, outside: Outside) -> dict[str, object]:
    """Every number of the report that the two files can tell."""
    touches = [one["body"] for one in log.events if one["body"]["type"] == "touchpoint"]
    cases = [case for one in log.customers.values() for case in one.cases]
    failures = [failure for case in cases for failure in case.failures]
    known = {log.root(e["profile"]) for e in log.events if e["body"]["type"] == "identified"}
    refunds = sum(deed["cents"] for deed in outside.deeds if deed["owed"])
    classes = Counter(mail["headers"].get("x-makegood-class") for mail in outside.own)
    named = [mail["headers"].get("x-makegood-message") for mail in outside.own]
    named += [text["message"] for text in outside.texts]
    return {
        "flights": len(flights(touches)),
        "cancelled_flights": len(flights(t for t in touches if t["name"] == "Flight Cancelled")),
        "customers": len(known),
        "events": sum(not one["source"].startswith("makegood") for one in log.events),
        "failures": len(failures),
        "failures_by_kind": dict(Counter(failure.rule for failure in failures)),
        "failures_by_cause": dict(Counter(failure.cause for failure in failures)),
        "holds_opened": len(cases),
        "offers_sent": named.count(OFFER_MESSAGE),
        "service_mails_delivered": sum(classes[name] for name in CARE),
        "text_messages_delivered": len(outside.texts),
        "marketing_attempted": len(outside.campaigns())
        * sum(bool(p.get("email")) for p in log.people),
        "marketing_passed": len(outside.marketing),
        "marketing_passed_while_held": sum(
            log.held_at(mail["to"], sent_ms(mail)) for mail in outside.marketing
        ),
        "double_deviations": sum(one.seconds for one in log.customers.values()),
        "cannot_judge": sum(one.unjudged for one in log.customers.values()),
        "made_whole": sum(case.good for case in cases),
        "offers_after_made_whole": classes["promotional"],
        "refunds_cents": refunds,
        "goodwill_cents": paid_cents(log) - refunds,
    }


def flights(touches) -> set[tuple]:
    names = ("flight", "date", "origin")
    return {tuple(body["properties"].get(name) for name in names) for body in touches}


def paid_cents(log: Log) -> int:
    carried = (one["body"] for one in log.events if one["body"]["type"] == "carried")
    return sum(money(body["paid"]) for body in carried if body.get("paid"))


def money(paid) -> int:
    return paid["cents"] if isinstance(paid, dict) else paid[0]


def wrongs(log: Log, outside: Outside) -> list[str]:
    """What may not be, whatever the report says."""
    found = []
    for day, mails in sorted(outside.campaigns().items()):
        begun, ended = min(map(sent_ms, mails)), max(map(sent_ms, mails))
        reached = {mail["to"] for mail in mails}
        found += [
            f"{day}: a customer without a hold got no mail"
            for address in log.behind
            if address not in reached and not log.held_within(address, begun, ended)
        ]
    good = {
        person["email"]
        for person in log.people
        if person.get("email")
        and any(case.good for case in log.customers[log.root(person["profile"])].cases)
    }
    found += [
        "an offer went to a customer who was never made whole"
        for mail in outside.own
        if mail["headers"].get("x-makegood-class") == "promotional" and mail["to"] not in good
    ]
    ids = [deed["id"] for deed in outside.deeds]
    found += ["one thing was done twice"] * (len(ids) - len(set(ids)))
    return found


def compare(report: dict, counted: dict) -> list[str]:
    return [
        f"{name}: the report says {report.get(name)}, the files say {value}"
        for name, value in counted.items()
        if report.get(name) != value
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    for name in ("log", "outside", "report"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    log, outside = Log(given.log), Outside(given.outside)
    counted = recount(log, outside)
    problems = compare(json.loads(given.report.read_text()), counted)
    problems += [
        f"{text} ({times} times)" for text, times in Counter(wrongs(log, outside)).items()
    ]
    if counted["marketing_passed_while_held"]:
        problems.append("marketing reached customers while a hold stood")
    for problem in problems:
        print(problem, file=sys.stderr)  # noqa: T201
    print(f"{len(counted)} numbers counted again; {len(problems)} problems.")  # noqa: T201
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
