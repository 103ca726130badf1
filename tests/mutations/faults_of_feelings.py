"""Seeded faults: what is called a feeling, when nobody knows it any more, and who may read it."""

from tests.mutations.fault import Fault

_LINE = "tests/unit/projections/test_feelings.py"
_DESK = "tests/unit/desk/test_felt.py"
_ANSWERS = "tests/unit/desk/test_felt_answers.py"

FAULTS: tuple[Fault, ...] = (
    Fault(
        name="happy-although-we-let-them-down-since",
        file="src/makegood/projections/feelings.py",
        old="    if one.kind in LET_DOWN:\n",
        new="    if one.kind in LET_DOWN and last is None:\n",
        tests=(_LINE,),
    ),
    Fault(
        name="a-remedy-is-taken-for-happiness",
        file="src/makegood/projections/feelings.py",
        old="    return one.kind in PUT_RIGHT and not is_happy\n",
        new="    return False\n",
        tests=(_LINE,),
    ),
    Fault(
        name="the-middle-of-a-scale-is-guessed",
        file="src/makegood/playbooks/feelings.py",
        old="    return Feeling.NEITHER if is_told else None\n",
        new="    return Feeling.NEITHER\n",
        tests=("tests/unit/playbooks/test_feelings.py",),
    ),
    Fault(
        name="an-answer-that-was-replaced-still-counts",
        file="src/makegood/projections/feeling_evidence.py",
        old="        return asked is not None and asked.answer_to(body.question) != body.score\n",
        new="        return asked is not None and not body.survey\n",
        tests=(_ANSWERS,),
    ),
    Fault(
        name="read-by-whom-it-is-about",
        file="src/makegood/desk/felt.py",
        old="    return desk.me.may_see(one.brand) and not of_them\n",
        new="    return desk.me.may_see(one.brand) and bool(of_them or desk)\n",
        tests=(_ANSWERS,),
    ),
    Fault(
        name="a-line-of-brands-that-one-does-not-serve",
        file="src/makegood/desk/felt.py",
        old="    return desk.me.may_see(one.brand) and not of_them\n",
        new="    return not of_them\n",
        tests=(_DESK,),
    ),
    Fault(
        name="what-a-machine-read-is-told-as-if-somebody-said-it",
        file="src/makegood/projections/feeling_evidence.py",
        old="        read = self._read.get(event.message_id) if event is not None and event",
        new="        read = None if event is not None and event",
        tests=(_DESK,),
    ),
)
