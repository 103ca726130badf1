"""Judges a fire by its evidence, and shares nothing with the product: each law is one function.

A law gives a sentence for each breach. What it takes for granted stands in its docstring.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise

from tests.fire.evidence import (
    HAND_OVER_MS,
    SILENT_MS,
    Acked,
    Delivered,
    Evidence,
    Fault,
    Order,
    Whole,
)

Law = Callable[[Evidence], Iterator[str]]
HOLDING = ("no_car", "car_late")
HELD_CLASSES = ("promotional", "survey", "mixed")
OWN_QUESTION = "thumbs"  # the case's own question passes its own hold
WEATHER = ("delay", "throttle", "silence")
SLOP_MS = 1_000  # between a receiver's note and the moment it stands for
ENDED = ("done", "missed", "withdrawn", "held", "failed")


def nothing_acknowledged_is_lost(it: Evidence) -> Iterator[str]:
    """Every event that a client was told yes to is in the log."""
    logged = {(one.source, one.message_id) for one in it.log}
    for one in it.acked:
        if (one.source, one.message_id) not in logged:
            yield f"{one.message_id} of {one.source} was acknowledged and is not in the log"


def nothing_is_stored_twice(it: Evidence) -> Iterator[str]:
    """An event stands once in the log; an order of one cause and step has one id that went out."""
    for key, times in Counter((one.source, one.message_id) for one in it.log).items():
        if times > 1:
            yield f"{key} stands {times} times in the log"
    done = Counter((one.cause, one.step) for one in it.orders if one.status == "done")
    for order, times in done.items():
        if times > 1:
            yield f"{order} went out under {times} ids"


def what_is_repeated_had_its_reason(it: Evidence) -> Iterator[str]:
    """A second delivery has the id of the first, and a fault between the two.

    The window is open from the receiver's yes to the commit of the outcome: whoever is killed or
    cut off in it delivers again. Each delivery is one that a worker began.
    """
    orders = {one.command: one for one in it.orders}
    for command, group in _by_command(it.delivered).items():
        known = orders.get(command)
        if known is None:
            yield f"{command} was delivered and is not in the outbox"
            continue
        if len(group) > known.attempts:
            yield f"{command} was delivered {len(group)} times and begun {known.attempts} times"
        for before, after in pairwise(group):
            if not _struck(it.faults, before, after):
                yield f"{command} was delivered again, and nothing had happened in between"


def nothing_goes_out_after_its_outcome_was_stored(it: Evidence) -> Iterator[str]:
    """Once settled, a command is delivered no more; only a slow line may still hold it."""
    orders = {one.command: one for one in it.orders}
    for one in it.delivered:
        order = orders.get(one.command)
        if order is None or order.status not in ENDED:
            continue
        if one.taken_ms > order.settled_ms + SLOP_MS and not _was_slow(it.faults, one):
            yield f"{one.command} was delivered after its outcome was stored as {order.status}"


def the_gate_is_shut_after_an_acknowledged_failure(it: Evidence) -> Iterator[str]:
    """No yes to marketing for a question asked while a hold stood, by any name linked by then."""
    holds = _holds(it)
    for one in it.asked:
        if one.message_class not in HELD_CLASSES or not one.allowed:
            continue
        if any(
            begins < one.asked_ms and one.answered_ms < ends for begins, ends in holds[one.user]
        ):
            yield f"{one.by} was told that {one.message_class} may go to {one.user}, who was held"


def the_gate_lets_service_pass(it: Evidence) -> Iterator[str]:
    """Receipts and apologies are never stopped."""
    for one in it.asked:
        if one.message_class == "service" and not one.allowed:
            yield f"{one.by} was refused a service message to {one.user}: {one.reason}"


def no_marketing_arrives_past_a_hold(it: Evidence) -> Iterator[str]:
    """No promotional mail arrives in a hold; one whose hand-over had begun before may."""
    holds = _holds(it)
    for one in it.delivered:
        if one.message_class not in HELD_CLASSES or one.kind == OWN_QUESTION:
            continue
        for begins, ends in holds[one.user]:
            if begins + HAND_OVER_MS < one.begun_ms < ends:
                yield f"{one.kind} ({one.command}) reached {one.user}, who was held"


def every_service_message_arrives(it: Evidence) -> Iterator[str]:
    """What is done was received; service ends as done, or as missed after its use, or needless."""
    received = {one.command for one in it.delivered}
    for one in it.orders:
        if one.status == "done" and one.kind != "free" and one.command not in received:
            yield f"{one.command} ({one.kind}) is done and nobody received it"
        if one.message_class in HELD_CLASSES:
            continue
        if one.status == "failed":
            yield f"{one.command} ({one.kind}) is a dead letter"
        if one.status == "held":
            yield f"{one.command} ({one.kind}) is no marketing and was held"
        if one.status == "missed" and not 0 < one.useful_until_ms < one.settled_ms:
            yield f"{one.command} ({one.kind}) is missed, and was still of use"


def everyone_let_down_is_told_sorry_and_refunded(it: Evidence) -> Iterator[str]:
    """Everybody with a failure got a service mail; each price was paid back once, by one id."""
    told = {one.user for one in it.delivered if one.message_class == "service"}
    refunds: dict[int, set[str]] = defaultdict(set)
    for one in it.delivered:
        if one.kind == "refund":
            refunds[one.cents].add(one.command)
    for failure in _failures(it):
        if (failure.mailbox or failure.user) not in told:
            yield f"{failure.user} was let down ({failure.message_id}) and got no mail"
        if failure.name == "no_car" and len(refunds[failure.price]) != 1:
            ids = sorted(refunds[failure.price])
            yield f"the price of {failure.message_id} was refunded under the ids {ids}"


def timers_fire_and_never_early(it: Evidence) -> Iterator[str]:
    """A question left alone is a failure after its time; nothing is handed over early."""
    orders = {one.command: one for one in it.orders}
    for one in it.delivered:
        order = orders.get(one.command)
        if order is not None and one.taken_ms < order.due_ms:
            yield f"{one.command} was delivered before it was due"
    answered = {one.user for one in it.acked if one.name == "answer"}
    for one in it.acked:
        if one.name != "question" or one.user in answered:
            continue
        mails = [mail for mail in it.delivered if mail.user == one.user and mail.line == "mail"]
        is_over = one.acked_ms + SILENT_MS + HAND_OVER_MS < it.ended_ms
        if not mails and is_over:
            yield f"the silence after {one.message_id} was never noticed"
        if any(mail.taken_ms < one.sent_ms + SILENT_MS for mail in mails):
            yield f"the silence after {one.message_id} was noticed too early"
    for customer in it.overdue:
        yield f"a timer of {customer} is overdue"


def timers_keep_their_order(it: Evidence) -> Iterator[str]:
    """A case's question follows its apology, and the offer follows both."""
    first: dict[tuple[str, str], int] = {}
    due = {one.command: one.due_ms for one in it.orders}
    for one in it.delivered:
        if one.case and one.command in due:
            key = (one.case, one.kind)
            first[key] = min(first.get(key, due[one.command]), due[one.command])
    for case in {case for case, _ in first}:
        steps = [first[case, kind] for kind in ("sorry", OWN_QUESTION) if (case, kind) in first]
        if steps != sorted(steps):
            yield f"the steps of {case} became due in the wrong order: {steps}"


def state_is_the_fold_of_the_log(it: Evidence) -> Iterator[str]:
    """Folding every customer's events anew gives the state that is stored; none is stuck."""
    for customer in it.refold_differs:
        yield f"the state of {customer} is not the fold of its events"
    for customer in it.stuck:
        yield f"{customer} is stuck"


def nothing_is_left_lying(it: Evidence) -> Iterator[str]:
    """No command stays leased, and none that is due waits."""
    for one in it.orders:
        if one.status == "leased":
            yield f"{one.command} ({one.kind}) is still leased"
        elif one.status == "waiting" and max(one.due_ms, one.next_ms) < it.ended_ms - HAND_OVER_MS:
            yield f"{one.command} ({one.kind}) is due and waits"


def faults_are_told_in_words(it: Evidence) -> Iterator[str]:
    """Clients see 503, never 500; logs have no traces; webhooks are signed; the desk answers."""
    for one in it.strange:
        yield f"{one.path} answered {one.status}: {one.words}"
    for line in it.traces:
        yield f"the log of a process says: {line}"
    if it.unsigned:
        yield f"{it.unsigned} webhooks were not signed"
    if not it.queue_answers:
        yield "the desk's queue does not answer"


def a_mail_that_was_taken_is_passed_on_or_kept(it: Evidence) -> Iterator[str]:
    """The SMTP gate said yes: the mail server behind it has the mail, or it is parked."""
    arrived = {one.command for one in it.relayed}
    for one in it.mailed:
        if one.message_id in arrived:
            continue
        if one.message_class not in HELD_CLASSES:
            yield f"{one.message_id} is a service mail, was taken, and did not arrive"
        elif one.message_id not in it.parked:
            yield f"{one.message_id} was taken, did not arrive and is not parked"


def no_campaign_passes_a_hold(it: Evidence) -> Iterator[str]:
    """No marketing reaches the mail server behind the gate while a hold stands."""
    holds = _holds(it)
    for one in it.relayed:
        if one.message_class not in HELD_CLASSES:
            continue
        for begins, ends in holds[one.user]:
            if begins + HAND_OVER_MS < one.begun_ms and one.taken_ms < ends:
                yield f"{one.command} reached {one.user}, who was held"


def a_passing_mail_is_not_altered(it: Evidence) -> Iterator[str]:
    """What the mail server has is what was sent, and it has it once, or had a reason."""
    sent = {one.message_id: one for one in it.mailed}
    for one in it.relayed:
        known = sent.get(one.command)
        if known is not None and known.digest != one.kind:
            yield f"{one.command} arrived with other bytes"
    for command, group in _by_command(it.relayed).items():
        for before, after in pairwise(group):
            if not _struck(it.faults, before, after):
                yield f"{command} arrived again, and nothing had happened in between"


LAWS: tuple[Law, ...] = (
    nothing_acknowledged_is_lost,
    nothing_is_stored_twice,
    what_is_repeated_had_its_reason,
    nothing_goes_out_after_its_outcome_was_stored,
    the_gate_is_shut_after_an_acknowledged_failure,
    the_gate_lets_service_pass,
    no_marketing_arrives_past_a_hold,
    every_service_message_arrives,
    everyone_let_down_is_told_sorry_and_refunded,
    timers_fire_and_never_early,
    timers_keep_their_order,
    state_is_the_fold_of_the_log,
    nothing_is_left_lying,
    faults_are_told_in_words,
    a_mail_that_was_taken_is_passed_on_or_kept,
    no_campaign_passes_a_hold,
    a_passing_mail_is_not_altered,
)


def breaches(it: Evidence) -> list[str]:
    """Give every breach of every law, each with the law's name."""
    return [f"{law.__name__}: {words}" for law in LAWS for words in law(it)]


def repeated(delivered: list[Delivered]) -> int:
    """Count deliveries beyond the first of each command."""
    return sum(len(group) - 1 for group in _by_command(delivered).values())


def _by_command(delivered: list[Delivered]) -> dict[str, list[Delivered]]:
    groups: dict[str, list[Delivered]] = defaultdict(list)
    for one in sorted(delivered, key=lambda it: it.taken_ms):
        groups[one.command].append(one)
    return groups


def _struck(faults: list[Fault], before: Delivered, after: Delivered) -> bool:
    """Whether something happened to the worker, its store, or the line to this receiver."""
    places = ("work", "store", "server", "postgres", "relay", before.line)
    return any(
        one.where.startswith(places)
        and one.began_ms <= after.taken_ms
        and one.ended_ms >= before.begun_ms - SLOP_MS
        for one in faults
    )


def _was_slow(faults: list[Fault], one: Delivered) -> bool:
    return any(
        fault.what in WEATHER
        and fault.where == one.line
        and fault.began_ms <= one.taken_ms
        and fault.ended_ms >= one.taken_ms - HAND_OVER_MS
        for fault in faults
    )


def _failures(it: Evidence) -> list[Acked]:
    return [one for one in it.acked if one.name in HOLDING]


def _holds(it: Evidence) -> dict[str, list[tuple[int, int]]]:
    """From each failure's acknowledgement to the customer's word that it is good again.

    A word that was under way at the acknowledgement may have ended it at once, and so may one
    that was heard while the failure was stored and its acknowledgement still on its way.

    A name that was linked later is held from the link's acknowledgement on. A silence holds from
    its own time on.
    """
    # When it may have been stored at the earliest, and from when on somebody knew.
    begins: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for one in _failures(it):
        begins[one.user].append((one.sent_ms, one.acked_ms))
    answered = {one.user for one in it.acked if one.name == "answer"}
    for one in it.acked:
        if one.name == "question" and one.user not in answered:
            begins[one.user].append((one.acked_ms + SILENT_MS, one.acked_ms + SILENT_MS))
    for link in it.linked:
        for sent, begin in tuple(begins.get(link.old, ())):
            begins[link.new].append((sent, max(begin, link.acked_ms)))
    whole: dict[str, list[Whole]] = defaultdict(list)
    for said in it.whole:
        whole[said.user].append(said)
    holds: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for user, times in begins.items():
        for sent, begin in times:
            ends = [max(said.sent_ms, begin) for said in whole[user] if said.until_ms > sent]
            holds[user].append((begin, min(ends, default=it.ended_ms + 1)))
    return holds


def orders_by_status(it: Evidence) -> Counter[str]:
    """Count commands by how they ended."""
    statuses: Counter[str] = Counter(_status(one) for one in it.orders)
    return statuses


def _status(order: Order) -> str:
    return order.status
