"""A rep's own mail address finds them, is not to be guessed, and can be called off."""

from makegood.messages.ids import RepId
from makegood.ports.rows import RepRow
from makegood.runtime.direct_line import Lines


def test_an_address_finds_one_rep_and_is_not_to_be_guessed():
    lines, others = Lines(b"a key of this deployment"), Lines(b"the key of another one")
    reps = [RepRow(rep=RepId(one), name=one, role="rep") for one in ("kathy", "Tom O'Hara")]
    address = lines.address(RepId("Tom O'Hara"), "line.example")
    assert address.startswith("tom.o.hara+")
    assert lines.rep_of(address.upper(), reps) == "Tom O'Hara"
    assert lines.rep_of("kathy@line.example", reps) == ""
    assert lines.rep_of("kathy+aaaaaaaaaa@line.example", reps) == ""
    assert others.rep_of(address, reps) == ""
    assert lines.address(RepId("kathy"), "") == ""


def test_an_address_that_was_called_off_finds_nobody_and_the_next_one_does():
    lines = Lines(b"a key of this deployment")
    kathy = RepRow(rep=RepId("kathy"), name="Kathy", role="rep", line=1)
    old, new = (lines.address(kathy.rep, "line.example", n) for n in (0, 1))
    assert old != new
    assert (lines.rep_of(old, [kathy]), lines.rep_of(new, [kathy])) == ("", "kathy")


def test_an_address_is_no_longer_than_mail_allows():
    rep = RepId("a.very.long.name@of.a.person.who.signs.in.with.their.whole.mail.example.com")
    address = Lines(b"a key").address(rep, "line.example")
    assert len(address.partition("@")[0]) <= 64
    assert Lines(b"a key").rep_of(address, [RepRow(rep=rep, name="A", role="rep")]) == rep
