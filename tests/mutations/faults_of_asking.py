"""Seeded faults: when customers are asked, what their answers come to, and what is learnt."""

from tests.mutations.fault import Fault

_TIMES = "tests/unit/core/test_asking_times.py"

FAULTS: tuple[Fault, ...] = (
    Fault(
        name="asked-before-the-remedy-came",
        file="src/makegood/core/asking_times.py",
        old="    return any(is_undelivered(one, now) for one in cases) or ",
        new="    return ",
        tests=(_TIMES,),
    ),
    Fault(
        name="asked-before-the-apology-came",
        file="src/makegood/core/asking_times.py",
        old='    return "" if case.apology_ms else "apology"\n',
        new='    return ""\n',
        tests=(_TIMES,),
    ),
    Fault(
        name="one-clock-against-fatigue-is-enough",
        file="src/makegood/core/asking_times.py",
        old="    return bool(every_ms) and any(",
        new="    return every_ms > 7 * 86_400_000 and any(",
        tests=(_TIMES,),
    ),
    Fault(
        name="unhappy-case-closed-with-nothing-learnt",
        file="src/makegood/core/roots.py",
        old="    missing = lacks(case)\n    if not missing:\n",
        new="    missing = lacks(case)\n    if missing[1:]:\n",
        tests=("tests/unit/core/test_unhappy.py",),
    ),
    Fault(
        name="seven-is-a-detractor",
        file="src/makegood/playbooks/feelings.py",
        old="PROMOTER, DETRACTOR = 9, 6\n",
        new="PROMOTER, DETRACTOR = 9, 7\n",
        tests=("tests/unit/analytics/test_asking.py",),
    ),
    Fault(
        name="merged-customers-answer-twice",
        file="src/makegood/projections/answers.py",
        old="            if profile != one.profile:\n",
        new="            if profile == one.survey:\n",
        tests=("tests/unit/runtime/test_answer_rows.py",),
    ),
)
