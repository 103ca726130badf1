"""Seeded faults: mail that comes in, and answers to it."""

from tests.mutations.fault import Fault

FAULTS: tuple[Fault, ...] = (
    Fault(
        name="a-mail-writes-fields-of-the-answer",
        file="src/makegood/effects/replies.py",
        old="    return _ENCODED not in message_id and _PLAIN_ID",
        new="    return _PLAIN_ID",
        tests=(
            "tests/unit/effects/test_replies.py::test_a_message_id_that_hides_a_field_is_left_out",
        ),
    ),
    Fault(
        name="filed-where-it-points-to",
        file="src/makegood/runtime/mailroom.py",
        old="        customer = by_address or own\n        if by_address is not None and own",
        new="        customer = own or by_address\n        if own is None and own",
        tests=(
            "tests/unit/runtime/test_mailroom.py::"
            "test_a_known_customer_is_never_filed_with_somebody_elses_conversation",
        ),
    ),
    Fault(
        name="undone-when-it-is-gone",
        file="src/makegood/core/letters.py",
        old="    if now_ms >= thread.reply_due_ms - _LAST_MOMENT_MS:\n",
        new="    if thread.reply_due_ms < 0:\n",
        tests=(
            "tests/unit/runtime/test_answering_letters.py::"
            "test_what_is_on_its_way_cannot_be_undone",
        ),
    ),
)
