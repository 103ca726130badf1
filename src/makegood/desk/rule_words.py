"""Words for the parts of a rule book, so that it reads like a book and not like a file."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

Values = Mapping[str, Any]

_SECTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "": ("The whole book", ""),
    "authority": ("Who may give how much", "For one case, without asking anybody."),
    "parameters": ("Numbers that rules share", "Conditions read them as params."),
    "failures": ("What counts as a failure", "When the condition holds, marketing stops."),
    "silence": ("Promises and their time", "A promise that is not kept in time is a failure."),
    "entitlements": ("What is owed", "Given by itself, and never set off against goodwill."),
    "remedies": ("What may be given", "And what each costs us."),
    "plans": ("What happens then", "By kind of failure, with the clocks that a person works by."),
    "requests": ("What customers may ask", "The first row that fits answers."),
    "approval": ("Who says yes to more", "A second person answers what is above a limit."),
    "budgets": ("What some may give together", "Whatever the case; what is owed takes from none."),
    "goodwill": ("The limits of goodwill", "What is owed is never counted and never limited."),
    "promises": ("What we promise", "A promise that is not kept in time is a failure."),
    "claims": ("What customers spent because of us", "Paid with a receipt, up to a limit."),
    "standing": ("Who a customer is", "It may set who is first, and never what is given."),
    "people": ("A customer's own person", "Who may be chosen, and what if they are busy."),
    "reputation": ("What is said of people and rules", "And from how many ratings on."),
    "lapses": ("What customers quietly leave", "Others go on, and one line stops after years."),
    "waits": ("How long customers wait", "Longer than is usual is a failure."),
    "owners": ("Who answers for rules and places", "And until when."),
    "calls": ("On the telephone", "What a call fails by, and who calls back."),
    "triage": ("What letters are about", "When one opens a failure, and when a person is asked."),
    "monday": ("Letters to management", "Who gets the page about the week, and when."),
    "letters": ("Letters", "What is set aside, and what may be attached."),
    "routing": ("Who is asked", "When a customer chose nobody; and what is left to chance."),
    "everyone": ("Which cases are alike", "For “if we do it for you we must do it for everyone”."),
}
_PARTS: Final[Mapping[str, tuple[str, str]]] = {
    "goodwill/most": ("How much at most", "All goodwill of a case, as a share of the price."),
    "goodwill/used": ("Whether it was used", "The service was used all the same; doses read it."),
    "goodwill/doses": ("How much of the price", "By how bad it was; between two the line counts."),
    "goodwill/apologies": (
        "How often sorry is enough",
        "An apology so soon after another is not said alone.",
    ),
    "people/hello": ("Hellos", "Only with something true, and to who allowed it."),
    "people/thanks": ("Thanks for the years", "Without a failure and without an offer."),
    "people/leaving": ("When somebody leaves", "Who is alike is put forward; nobody is moved."),
    "people/line": ("A mail address for each person", "Shown to the customers who chose them."),
    "people/waits": ("How long we wait for a busy person", "By channel; then the cover."),
    "standing/value": ("Value", "What the business with a customer amounts to, in words."),
    "standing/public_voice": ("Public voice", "From how many who hear it a voice is wide."),
}
_FIELDS: Final[Mapping[str, str]] = {
    "cents": "Up to",
    "when": "Counts when",
    "severity": "How bad, 1 to 5",
    "cost/cents": "Costs us",
    "cost/ratio": "Share of the price, 1 is all of it",
    "choices": "A customer chooses up to so many",
    "capacity": "One person looks after up to so many customers",
    "most_cases": "Busy is who owns so many open cases",
    "thread": "A conversation stays with whom it was last held for",
    "slice": "Share left to chance, 0.05 is five of a hundred",
    "among": "At most so many could be asked",
    "chance_below": "Chance only below this severity",
    "waiting_list": "Up to so many wait for one person",
    "hello/every": "A customer hears one at most every",
    "hello/most": "Hellos of one person in a month",
    "hello/within": "The task stands for",
    "hello/control": "Share of customers without, by lot",
    "thanks/most": "Thanks of one person in a month",
    "thanks/within": "The task stands for",
    "thanks/control": "Share of customers without, by lot",
    "leaving/ask_again": "Asked once more after",
    "leaving/control": "Share without a call of the three, by lot",
    "line/control": "Share to whom it is shown when they ask, by lot",
    "confirm_within": "Confirmed within",
    "within": "Within",
    "deadline": "Paid within",
    "pays/cents": "Pays",
    "pays/ratio": "Share of the price, 1 is all of it",
    "pays/most_cents": "At most",
    "hold/cool_off": "Marketing waits on, once it is good again, for",
    "hold/longest": "A person is asked when it still waits after",
    "open_within": "Somebody opens the case within",
    "call_within": "A person calls within",
    "choose_within": "The customer chooses within",
    "useful_within": "Help is useful within",
    "on_double_deviation/call_within": "After a second failure a person calls within",
    "made_whole/ask_after": "We ask whether it is good again after",
    "made_whole/ask_again": "And once more after",
    "then_offer/after": "Our own offer comes after",
    "answer_within": "A person answers within",
    "after/uses": "A habit is so many uses",
    "after/over": "The first and the last of them so far apart",
    "quiet_for/at_least": "Quiet for at least",
    "quiet_for/longest_gaps": "And so many times their longest gap",
    "others_within": "Another line was used within",
    "double_window": "A new failure is a second one within",
    "charges": "The customer pays",
    "gives/cents": "We give",
    "ratio": "Share of the price, 1 is all of it",
    "most_cents": "At most, for one failure",
    "receipt_above_cents": "A receipt is needed above",
    "wide_from": "Wide from",
    "used": "It was used when",
    "judge_after": "Whether they came back is told after",
    "lately": "Lately is the last",
    "shown_from": "Nothing is said of fewer ratings than",
    "blind_below": "Nothing changes for fewer ratings than",
    "period": "Standards stay the same for",
    "too_few": "Shares are not told of fewer customers than",
    "set_aside": "Mail that nobody filed is kept for",
    "unsent": "What is attached to a draft is kept for",
    "attachments/most": "At most so many attachments",
    "attachments/largest_mb": "Megabytes of one at most",
    "attachments/together_mb": "Megabytes of all at most",
    "redirects/expires": "The yes of whom we send them to stands for",
}
_DOSED: Final = {"used": "when it was used", "unused": "when it was not"}
ONE_CARD: Final = (
    "authority", "parameters", "approval", "everyone", "people", "reputation", "owners",
    "routing", "calls", "triage", "letters", "monday", "",
)  # fmt: skip
_LOSES: Final = {
    "money": "money", "goods": "goods", "service": "a service", "time": "time",
    "attention": "attention",
}  # fmt: skip


def section_words(name: str) -> tuple[str, str]:
    """Give the title of a section, and what it is about."""
    return _SECTIONS.get(name, (plain_words(name).capitalize(), ""))


def plain_words(name: str) -> str:
    return re.sub(r"\s+", " ", name.replace("_", " ").replace("/", ", ")).strip()


def field_words(path: str) -> str:
    """Name a value of a rule.

    Args:
        path: Within the rule, such as `hold/cool_off`.
    """
    known = _FIELDS.get(path)
    if known is not None:
        return known
    head, _, last = path.rpartition("/")
    if head == "bands":
        return f"{plain_words(last).capitalize()} from"
    if head in _DOSED:
        return f"Share of the price at severity {last}, {_DOSED[head]}"
    if head and last in ("cents", "when"):
        return plain_words(head).capitalize()
    return plain_words(path.removesuffix("_cents")).capitalize()


def group_words(path: str, values: Values) -> str:
    """Name the part of a rule that a value stands in: the row of a table; "" for the rule."""
    parts = path.split("/")
    if len(parts) < 5 or parts[0] != "requests" or parts[2] != "rows":
        return ""
    row = _one(_one(values.get("requests"), parts[1]).get("rows"), parts[3])
    answer = {"allow": "yes", "deny": "no", "person": "a person answers"}
    said = answer.get(str(row.get("answer")), "")
    return f"{plain_words(parts[3]).capitalize()}{': ' + said if said else ''}"


def card_words(section: str, path: str, values: Values) -> tuple[str, str]:
    """Give the title of a rule and a sentence about it."""
    if section in ONE_CARD:
        return section_words(section)[0], ""
    name = path.split("/")[1]
    if (part := _PARTS.get(f"{section}/{name}")) is not None:
        return part
    rule = _one(values.get(section), name)
    make = _SENTENCES.get(section)
    title = _title(rule) or plain_words(name).capitalize()
    if section == "plans":
        title = _joined(_titles(rule.get("for"), values)) or "Plan"
    return title, make(rule, values) if make else ""


def _one(found: object, name: str) -> Mapping[str, Any]:
    """Find a rule by its id, else by its number in the list."""
    if isinstance(found, Mapping):
        found = found.get(name)
    elif isinstance(found, list):
        by_id = (one for one in found if isinstance(one, Mapping) and one.get("id") == name)
        at = int(name) if name.isdecimal() and int(name) < len(found) else None
        found = next(by_id, None) or (found[at] if at is not None else None)
    return found if isinstance(found, Mapping) else {}


def _title(rule: Mapping[str, Any]) -> str:
    title = rule.get("title") or rule.get("says")
    if isinstance(title, Mapping):
        title = title.get("en")
    return str(title) if title else ""


def _titles(names: object, values: Values) -> list[str]:
    """Give the titles of failures."""
    sections = ("failures", "silence", "promises", "lapses", "waits")
    rules = [one for section in sections for one in _list(values.get(section))]
    known = {one["id"]: _title(one) for one in rules if isinstance(one, Mapping) and "id" in one}
    return [
        known.get(str(one)) or ("Anything else" if one == "other" else plain_words(str(one)))
        for one in _list(names)
    ]


def _list(found: object) -> list[Any]:
    return found if isinstance(found, list) else [] if found is None else [found]


def _joined(words: Sequence[str]) -> str:
    said = [word if n == 0 else word[:1].lower() + word[1:] for n, word in enumerate(words)]
    return " or ".join(filter(None, (", ".join(said[:-1]), *said[-1:])))


def _failure(rule: Mapping[str, Any], _: Values) -> str:
    heard = " or ".join(f"“{one}”" for one in _list(rule.get("on")))
    loses = _LOSES.get(str(rule.get("loses")), "")
    source = f" Source: {rule['source']}." if rule.get("source") else ""
    costs = f" The customer loses {loses}." if loses else ""
    return f"We hear of it by {heard}.{costs}{source}"


def _silence(rule: Mapping[str, Any], _: Values) -> str:
    return f"After “{rule.get('after')}”, unless “{rule.get('unless')}” comes in time."


def _wait(rule: Mapping[str, Any], _: Values) -> str:
    channels = _list(rule.get("channels"))
    if channels:
        return f"From a customer's word to the first of a person: {', '.join(map(str, channels))}."
    heard = " or ".join(f"“{one}”" for one in _list(rule.get("ends")))
    return f"From “{rule.get('begins')}” to {heard}."


def _lapse(rule: Mapping[str, Any], _: Values) -> str:
    line = rule.get("line")
    heard = " or ".join(f"“{one}”" for one in _list(line.get("on") if line else None))
    return f"A use is {heard}. It stops, and the customer goes on with the rest."


def _entitlement(rule: Mapping[str, Any], values: Values) -> str:
    failures = _joined(_titles(rule.get("for"), values))
    source = f" Source: {rule['source']}." if rule.get("source") else ""
    return f"For: {failures}. By {rule.get('basis', 'our word')}.{source}"


def _remedy(rule: Mapping[str, Any], _: Values) -> str:
    provider = rule.get("provider")
    by = f"Carried out by {provider}." if provider else "Done by our own people."
    return f"{str(rule.get('kind', '')).capitalize()}. {by}"


def _plan(rule: Mapping[str, Any], values: Values) -> str:
    offers = rule.get("offers")
    tiers = offers if isinstance(offers, Mapping) else {}
    said = (
        ("Given by itself: {}.", "least"),
        ("To choose from: {}.", "better"),
        ("Beyond that: {}.", "beyond"),
    )
    parts = (
        words.format("; ".join(_offer(one, values) for one in _list(tiers.get(tier))))
        for words, tier in said
        if tiers.get(tier)
    )
    return " ".join(parts)


def _offer(one: object, values: Values) -> str:
    if isinstance(one, Mapping):
        if "apology" in one:
            return "an apology"
        one = one.get("remedy", "")
    found = _title(_one(values.get("remedies"), str(one))) or plain_words(str(one))
    return found[:1].lower() + found[1:]


def _request(rule: Mapping[str, Any], _: Values) -> str:
    source = f"Source: {rule['source']}. " if rule.get("source") else ""
    columns = rule.get("looks_at")
    looks = ", ".join(plain_words(str(one)) for one in columns) if columns else ""
    return f"{source}It looks at: {looks}." if looks else source.strip()


def _budget(rule: Mapping[str, Any], _: Values) -> str:
    roles = " and ".join(plain_words(str(one)) for one in _list(rule.get("roles")))
    brand = f", at {rule['brand']} alone" if rule.get("brand") else ""
    return f"What the role {roles} may give together each {rule.get('per')}{brand}."


def _promise(rule: Mapping[str, Any], _: Values) -> str:
    made = " or ".join(f"“{one}”" for one in _list(rule.get("on")))
    return f"{made} promises it, and people do." if made else "Only people promise it."


def _claim(rule: Mapping[str, Any], values: Values) -> str:
    source = f" Source: {rule['source']}." if rule.get("source") else ""
    return f"For: {_joined(_titles(rule.get('for'), values))}.{source}"


_SENTENCES = {
    "budgets": _budget,
    "promises": _promise,
    "claims": _claim,
    "failures": _failure,
    "silence": _silence,
    "lapses": _lapse,
    "waits": _wait,
    "entitlements": _entitlement,
    "remedies": _remedy,
    "plans": _plan,
    "requests": _request,
}
