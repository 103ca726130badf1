"""What every way of marking contacts at a campaign tool promises."""

import pytest

from makegood.messages.errors import EffectFailed
from makegood.ports.marking import KeyRefused, Marker, Outcome


class MarkerConformance:
    """Promises of the port; a subclass brings a vendor on this machine.

    `join` and `leave` are contacts coming and going at the vendor, `carriers` who is marked there
    by its own word, and `refuse_key` and `be_away` how it fails from then on.
    """

    marker: Marker

    def join(self, *emails: str) -> None:
        raise NotImplementedError

    def leave(self, email: str) -> None:
        raise NotImplementedError

    def carriers(self) -> set[str]:
        raise NotImplementedError

    def refuse_key(self) -> None:
        raise NotImplementedError

    def be_away(self) -> None:
        raise NotImplementedError

    def test_a_contact_is_marked_once_and_stays_so(self) -> None:
        self.join("ana@example.com", "ben@example.com")
        first = self.marker.mark(["ana@example.com"])
        again = self.marker.mark(["ana@example.com"])
        assert first == Outcome(done=("ana@example.com",), changed=("ana@example.com",))
        assert again == Outcome(done=("ana@example.com",))
        assert self.carriers() == {"ana@example.com"}

    def test_a_mark_is_taken_away_and_taking_it_away_again_is_fine(self) -> None:
        self.join("ana@example.com", "ben@example.com")
        self.marker.mark(["ana@example.com", "ben@example.com"])
        first = self.marker.unmark(["ben@example.com"])
        again = self.marker.unmark(["ben@example.com"])
        assert first == Outcome(done=("ben@example.com",), changed=("ben@example.com",))
        assert again == Outcome(done=("ben@example.com",))
        assert self.carriers() == {"ana@example.com"}

    def test_nobody_becomes_a_contact_by_being_marked(self) -> None:
        self.join("ana@example.com")
        outcome = self.marker.mark(["ana@example.com", "zoe@example.com"])
        assert outcome.done == ("ana@example.com",)
        assert outcome.absent == ("zoe@example.com",)
        assert self.marker.unmark(["zoe@example.com"]).done == ("zoe@example.com",)
        assert self.carriers() == {"ana@example.com"}
        assert self.marker.mark(["zoe@example.com"], ask=False).absent == ("zoe@example.com",)

    def test_a_contact_that_was_deleted_is_absent(self) -> None:
        self.join("ana@example.com")
        self.marker.mark(["ana@example.com"])
        self.leave("ana@example.com")
        assert self.marker.mark(["ana@example.com"]).absent == ("ana@example.com",)
        assert self.marker.unmark(["ana@example.com"]).done == ("ana@example.com",)

    def test_a_whole_batch_is_one_turn_and_nothing_is_nothing(self) -> None:
        emails = [f"c{n:04}@example.com" for n in range(self.marker.most)]
        self.join(*emails)
        assert self.marker.mark([]) == self.marker.unmark([]) == Outcome()
        assert self.marker.mark(emails).changed == tuple(emails)
        assert self.carriers() == set(emails)

    def test_every_carrier_is_on_some_page_also_while_marks_are_taken_away(self) -> None:
        emails = [f"c{n:04}@example.com" for n in range(1250)]
        self.join(*emails)
        for start in range(0, len(emails), self.marker.most):
            self.marker.mark(emails[start : start + self.marker.most])
        seen: list[str] = []
        after, gone = "", 0
        while True:
            page = self.marker.marked(after, gone)
            found = [contact[0] for contact in page.contacts]
            seen += found
            odd = [it for it in found if int(it[1:5]) % 2]
            for start in range(0, len(odd), self.marker.most):
                self.marker.unmark(odd[start : start + self.marker.most])
            after, gone = page.following, len(odd)
            if not after:
                break
        assert sorted(seen) == emails
        assert len(self.carriers()) == 625

    def test_what_marks_need_is_made_once(self) -> None:
        first, again = self.marker.set_up(), self.marker.set_up()
        assert len(first) == len(again) > 0
        assert all("already" in sentence for sentence in again)

    def test_a_refused_key_is_told_from_a_vendor_that_is_away(self) -> None:
        self.join("ana@example.com")
        self.be_away()
        with pytest.raises(EffectFailed) as away:
            self.marker.mark(["ana@example.com"])
        assert away.value.retry
        self.refuse_key()
        with pytest.raises(KeyRefused) as refused:
            self.marker.marked()
        assert not refused.value.retry

    def test_what_is_said_of_a_fault_names_nobody(self) -> None:
        self.be_away()
        with pytest.raises(EffectFailed) as fault:
            self.marker.mark(["ana@example.com"])
        assert "ana" not in str(fault.value)
