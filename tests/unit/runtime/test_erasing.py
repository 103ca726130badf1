"""Whoever is erased is erased from the rejected records and from the campaign tools as well."""

import pytest

from makegood.messages.errors import EffectFailed, InputError
from makegood.messages.facts import Identified
from makegood.messages.ids import ProfileId
from makegood.playbooks.cel import Scope, compile_expression
from makegood.playbooks.mappings import Form, Source
from makegood.ports.arrivals import Arrival
from makegood.ports.marking import Placed
from makegood.ports.rows import PersonRow
from makegood.ports.unfit import Unfit
from makegood.runtime.erasing import Erasing
from makegood.runtime.intake import body_digest
from makegood.runtime.marks_rounds import Rounds
from makegood.runtime.receiving import KEEP_MS, TIDY_S, Receiving
from tests.marking import Firm, PlainMarker

ANA, BEN = "ana@example.com", "ben@example.com"
RECORD = Scope(names=("record",))
DESK = Source(
    id="desk",
    title="The desk",
    form=Form.WEBHOOK,
    key=compile_expression("record.n", RECORD),
    customer={"user": compile_expression("record.guest", RECORD)},
    events=(),
)


def firm() -> tuple[Firm, PlainMarker, Erasing, Rounds]:
    marker = PlainMarker(contacts={ANA, BEN})
    it = Firm(marker)
    rounds = Rounds(it.store, [Placed(marker=marker, every_ms=1)], it.truth, it.clock)
    erasing = Erasing(it.store, it.intake.profile, lambda: {"desk": DESK}, it.clock)
    return it, marker, erasing, rounds


def known(it: Firm, who: str, email: str, name: str = "", phone: str = "") -> None:
    body = Identified(traits={}, lookups=(it.intake.profile(f"email:{email}"),))
    person = PersonRow(profile=ProfileId(""), name=name, phone=phone, email=email)
    it.intake.take(
        [
            Arrival(
                source="rental",
                message_id=who,
                identifier=who,
                time_ms=it.clock.now_ms(),
                body=body,
                body_digest=body_digest(body),
                lookups=(f"email:{email}",),
                person=person,
            )
        ]
    )


def kept(it: Firm, *records: str, source: str = "desk", reason: str = "It fits nothing.") -> None:
    now_ms = it.clock.now_ms()
    rows = [
        Unfit(id=f"{one} {reason}", source=source, at_ms=now_ms, reason=reason, record=one)
        for one in records
    ]
    with it.store.writing() as writing:
        writing.put_unfit(rows)


def left(it: Firm, source: str = "desk") -> list[str]:
    with it.store.reading() as reading:
        return sorted(one.record for one in reading.unfit(source))


@pytest.mark.parametrize(
    ("record", "is_hers"),
    [
        ('{"guest":"42"}', True),
        ('{"guest":42}', True),
        ('{"guest":"43","rooms":42}', False),
        ('{"mail":"ANA@Example.com"}', True),
        ('{"said":"write to ana@example.com please"}', True),
        ('{"said":"write to ben@example.com please"}', False),
        ('{"tel":"+1 (212) 555-0100"}', True),
        ('{"tel":"212-555-0100"}', True),
        ('{"tel":"212-555-0101"}', False),
        ('{"who":"Ana  Example"}', False),
        ('{"who":"ANA EXAMPLE"}', True),
        ("no JSON: ana@example.com", True),
        ("[" * 3000, False),
    ],
)
def test_records_that_name_an_erased_person_go_with_them(record, is_hers):
    it, _, erasing, _ = firm()
    known(it, "user:42", ANA, "Ana Example", "+12125550100")
    kept(it, record)
    erasing.person("user:42")
    assert left(it) == ([] if is_hers else [record])


def test_records_of_a_source_that_the_book_no_longer_has_are_looked_through_as_text():
    it, _, erasing, _ = firm()
    known(it, "user:4711", ANA)
    kept(it, '{"a":"4711"}', '{"a":"x4711"}', '{"a":"b"}', source="gone")
    erasing.person("user:4711")
    assert left(it, "gone") == ['{"a":"b"}', '{"a":"x4711"}']


def test_a_name_in_the_reason_counts_and_many_pages_are_read():
    it, _, erasing, _ = firm()
    known(it, "user:ana", ANA)
    kept(it, *(f'{{"n":{n}}}' for n in range(450)))
    kept(it, '{"n":450}', reason=f"{ANA!r} is nobody's.")
    erasing.person("user:ana")
    with it.store.reading() as reading:
        assert reading.unfit_counts() == {"desk": 450}


def test_somebody_who_is_only_in_a_rejected_record_is_found_there():
    it, _, erasing, _ = firm()
    kept(it, '{"mail":"ana@example.com"}', '{"mail":"ben@example.com"}')
    assert erasing.person(f"email:{ANA}").rows == 1
    assert left(it) == ['{"mail":"ben@example.com"}']
    with pytest.raises(InputError, match="Nobody is known"):
        erasing.person(f"email:{ANA}")
    with it.store.reading() as reading:
        assert [act.what for act in reading.acts()] == ["person.erased"]


def test_marks_of_an_erased_person_are_taken_off_at_once():
    it, vendor, erasing, rounds = firm()
    known(it, "user:ana", ANA)
    known(it, "user:ben", BEN)
    it.let_down("user:ana")
    it.let_down("user:ben")
    it.tell()
    assert sorted(vendor.carriers) == [ANA, BEN]
    erased = erasing.person("user:ana")
    assert rounds.forget(erased.emails) == ()
    assert vendor.carriers == [BEN]
    with it.store.reading() as reading:
        marks = reading.marks("plain:hold", [it.truth.address(one) for one in (ANA, BEN)])
    assert list(marks) == [it.truth.address(BEN)]


def test_a_campaign_tool_that_is_away_is_named_and_the_next_comparison_takes_the_mark_off():
    it, vendor, erasing, rounds = firm()
    known(it, "user:ana", ANA)
    it.let_down("user:ana")
    it.tell()
    erased = erasing.person("user:ana")
    vendor.faults = [EffectFailed("Away.")]
    assert rounds.forget(erased.emails) == ("plain:hold",)
    assert vendor.carriers == [ANA]
    assert it.by.run(vendor).removed == 1
    assert vendor.carriers == []


def test_an_address_that_finds_somebody_else_who_is_held_keeps_its_mark():
    it, vendor, erasing, rounds = firm()
    known(it, "user:ana", ANA)
    known(it, "user:cyd", ANA)
    it.let_down("user:cyd")
    it.tell()
    erased = erasing.person("user:ana")
    rounds.forget((*erased.emails, ANA))
    assert vendor.carriers == [ANA]


def test_rejected_records_go_after_two_weeks_also_when_nothing_new_comes():
    it, _, _, _ = firm()
    kept(it, '{"mail":"ana@example.com"}')
    receiving = Receiving(it.store, it.intake, lambda: it.library, it.clock)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        it.clock.advance(KEEP_MS + 1)

    receiving.tidy_forever(lambda: len(slept) == 2, sleep)
    assert slept == [TIDY_S, TIDY_S]
    assert left(it) == []
