"""Lots of experiments by SQL."""

from collections.abc import Sequence

from makegood.messages.ids import CustomerId
from makegood.ports.lots import LotCount, LotRow
from makegood.store.session import replace
from makegood.store.sql_customers import SqlBase

LOT = "customer experiment treated propensity at_ms back_ms good_ms bad_ms"
_SCALE = 1_000_000  # a propensity is kept in millionths: counted by, it must be exact
_IN_TIME = "sum(CASE WHEN at_ms <= ? AND {it} > 0 AND {it} - at_ms <= ? THEN 1 ELSE 0 END)"
_COUNT = f"""SELECT experiment, treated, propensity,
    sum(CASE WHEN at_ms <= ? THEN 1 ELSE 0 END),
    sum(CASE WHEN at_ms > ? THEN 1 ELSE 0 END),
    {", ".join(_IN_TIME.format(it=it) for it in ("back_ms", "good_ms", "bad_ms"))}
    FROM lot GROUP BY experiment, treated, propensity ORDER BY experiment, treated, propensity"""


class LotReading(SqlBase):
    """How many drew what, and came back."""

    def lot_counts(self, now_ms: int, within_ms: int) -> tuple[LotCount, ...]:
        until_ms = now_ms - within_ms
        in_time = (until_ms, within_ms)
        found = self._db.rows(_COUNT, until_ms, until_ms, *in_time, *in_time, *in_time)
        return tuple(
            LotCount(
                experiment=experiment,
                treated=bool(treated),
                propensity=int(propensity) / _SCALE,
                seen=int(seen),
                back=int(back),
                young=int(young),
                good=int(good),
                bad=int(bad),
            )
            for experiment, treated, propensity, seen, young, back, good, bad in found
        )


class LotWriting(LotReading):
    """Keeping them right."""

    def project_lots(self, customers: Sequence[CustomerId], lots: Sequence[LotRow]) -> None:
        if not customers:
            return
        self._db.run("DELETE FROM lot WHERE customer = ANY(?)", sorted(customers))
        last = {(one.customer, one.experiment): one for one in lots}
        rows = [
            (
                it.customer,
                it.experiment,
                int(it.treated),
                round(it.propensity * _SCALE),
                it.at_ms,
                it.back_ms,
                it.good_ms,
                it.bad_ms,
            )
            for it in last.values()
        ]
        self._db.put("lot", LOT, rows, replace(LOT, "customer experiment"))
