"""Nobody is asked before what was promised came, nor inside either clock, come what may."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from makegood.messages.commands import Command, Fulfil, SendMessage
from makegood.messages.facts import Answered, Called, Carried, Chosen, Rated
from makegood.messages.ids import CommandId, RepId
from makegood.testing.book import DAY_MS, HOUR_MS
from tests.unit.core.day import Day
from tests.unit.core.test_asking_times import cancelled, with_two

KATHY = RepId("kathy")
REST_MS, EVERY_MS = 7 * DAY_MS, 30 * DAY_MS
deeds = st.sampled_from(
    ["fly", "crew", "fly", "crew", "weather choose", "ours choose", "ours good", "ours", "rude",
     "choose", "call", "good", "carry", "all", "unhappy", "happy", "also", "unhappy good"]
)  # fmt: skip
gaps = st.sampled_from([0, 3, 3, 24, 5 * 24, 8 * 24, 31 * 24])
days = st.lists(st.tuples(gaps, deeds), min_size=1, max_size=12)


class Watched:
    """Looks at each question at the moment it is ordered, by the orders and outcomes alone."""

    def __init__(self) -> None:
        self.day = Day(with_two())
        self.seen = 0
        self.carried: set[CommandId] = set()
        self.owed: dict[CommandId, Command] = {}
        self.sorry: dict[str, list[CommandId]] = {}
        self.asked: list[tuple[int, str]] = []
        self.asked_in: set[str] = set()
        self.n = 0

    def look(self) -> None:
        for one in self.day.commands[self.seen :]:
            match one.order:
                case Fulfil():
                    self.owed[one.id] = one
                case SendMessage(survey="") if one.step.partition("#")[0].endswith("/apology"):
                    self.sorry.setdefault(one.case, []).append(one.id)
                case SendMessage(survey=survey) if survey:
                    self.judge(one, survey)
        self.seen = len(self.day.commands)

    def judge(self, one: Command, survey: str) -> None:
        at_ms = one.due_ms
        before = [ms for ms, _ in self.asked]
        assert all(at_ms - ms >= REST_MS for ms in before), "the clock of all surveys"
        own = [ms for ms, which in self.asked if which == survey]
        assert survey != "boarding" or all(at_ms - ms >= EVERY_MS for ms in own)
        if one.case:
            said = self.sorry[one.case]
            assert said[-1] in self.carried, "the apology comes first"
            assert one.case not in self.asked_in, "one question"
            self.asked_in.add(one.case)
        else:
            waits = set(self.owed) - self.carried - set(self.day.withdrawn)
            assert not waits, "what was promised comes first"
        self.asked.append((at_ms, survey))

    def carry(self, most: int) -> None:
        for one in list(self.day.commands)[-60:]:
            if (
                one.id in self.carried
                or most == 0
                or not isinstance(one.order, Fulfil | SendMessage)
            ):
                continue
            most -= 1
            self.carried.add(one.id)
            paid = one.order.amount if isinstance(one.order, Fulfil) else None
            self.day.told(Carried(command=one.id, step=one.step, paid=paid))
            self.look()

    def does(self, deed: str) -> None:
        self.n += 1
        day = self.day
        facts = {"booking": "B1", "brand": "meridian", "gate_agent": "g1", "minor": False}
        case = day.state.open_case
        match deed:
            case "fly":
                day.happens("Leg Flown", flight=f"UA{self.n}", **facts)
            case "crew":
                day.happens("Crew Met", flight=f"UA{self.n}", **facts)
            case "weather" | "ours":
                cancelled(day, weather=deed == "weather")
            case "rude":
                day.happens("Rudeness Told", booking=f"B{self.n}", brand="meridian")
            case "carry" | "all":
                self.carry(2 if deed == "carry" else 60)
            case "choose" if case is not None:
                day.told(Chosen(case=case.id, offer="refund"))
            case "call" if case is not None:
                day.told(Called(case=case.id, by=KATHY, reached=True))
            case "good" if case is not None:
                day.told(Answered(case=case.id, answer="good"))
            case "unhappy" | "happy" | "also" if day.state.surveys:
                one = day.state.surveys[-1]
                score = 1 if deed == "unhappy" else 5
                question = "treated" if deed == "also" else ""
                body = Rated(survey=one.survey, about=one.about, score=score, question=question)
                day.told(body)
        self.look()


@given(day=days)
@example(day=[(0, "ours good"), (31 * 24, "fly")])
@example(day=[(0, "fly"), (24, "crew")])
@example(day=[(0, "fly"), (8 * 24, "fly")])
@example(day=[(0, "weather choose"), (0, "fly")])
@example(day=[(0, "weather choose"), (0, "all"), (0, "crew"), (31 * 24, "crew")])
@settings(max_examples=150)
def test_nobody_is_asked_before_it_is_made_good_nor_inside_a_clock(day):
    watched = Watched()
    for hours, deed in day:
        watched.day.waits(hours * HOUR_MS)
        watched.look()
        for one in deed.split():
            watched.does(one)
    watched.day.waits(40 * DAY_MS)
    watched.look()
