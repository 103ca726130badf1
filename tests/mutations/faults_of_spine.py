"""Seeded faults: what the store and the runtime promise."""

from tests.mutations.fault import Fault

FAULTS: tuple[Fault, ...] = (
    Fault(
        name="commit-before-fold",
        file="src/makegood/runtime/intake.py",
        old="""            self._keep_personal(writing, fresh)
            opened, brands = self._fold(writing,""",
        new="""            self._keep_personal(writing, fresh)
        with self._store.writing() as writing:
            opened, brands = self._fold(writing,""",
        tests=("tests/properties/test_one_commit.py",),
    ),
    Fault(
        name="no-dedupe-in-memory",
        file="src/makegood/store/memory_writing.py",
        old="        if digest is None:\n",
        new="        if digest is None or digest:\n",
        tests=(
            "tests/conformance/test_stores.py::TestMemory::"
            "test_an_event_is_stored_once_inside_a_batch_and_across_batches",
        ),
    ),
    Fault(
        name="no-dedupe-on-sqlite",
        file="src/makegood/store/sql_log.py",
        old="        known = {id_: (digest, seqs[id_] == seq) for id_, digest, seq in stored}\n",
        new="        known = {id_: (digest, True) for id_, digest, seq in stored}\n",
        tests=("tests/integration/test_crash.py::test_nothing_acknowledged_is_lost_on_sqlite",),
    ),
    Fault(
        name="late-event-not-folded-in-its-place",
        file="src/makegood/runtime/folded.py",
        old="    return before_last or min(event.time_ms, event.received_ms) < row.fired_ms\n",
        new="    return before_last and min(event.time_ms, event.received_ms) < row.fired_ms\n",
        tests=("tests/properties/test_histories.py",),
    ),
    Fault(
        name="sent-is-sent-again",
        file="src/makegood/runtime/reconcile.py",
        old="        elif _can_go(known.get(command.id)) and gone[command.step]:\n",
        new="        elif _can_go(known.get(command.id)) and not command.step:\n",
        tests=("tests/properties/test_outbox.py",),
    ),
    Fault(
        name="needless-is-sent-the-next-time",
        file="src/makegood/runtime/reconcile.py",
        old="        elif _can_go(known.get(command.id)) and gone[command.step]:\n",
        new="        elif command.id not in known and gone[command.step]:\n",
        tests=("tests/properties/test_outbox.py",),
    ),
    Fault(
        name="needless-is-not-withdrawn",
        file="src/makegood/runtime/reconcile.py",
        old="        and (row.command.id not in ids or row.command.id in withdrawn)\n",
        new="        and row.command.id in withdrawn\n",
        tests=("tests/unit/runtime/test_intake_late.py", "tests/properties/test_outbox.py"),
    ),
    Fault(
        name="late-is-sent-late",
        file="src/makegood/runtime/reconcile.py",
        old="        elif command.useful_until_ms and command.useful_until_ms < now_ms:\n",
        new="        elif command.useful_until_ms and command.useful_until_ms < 0:\n",
        tests=("tests/properties/test_outbox.py",),
    ),
    Fault(
        name="a-dead-workers-lease-is-settled",
        file="src/makegood/store/sql_outbox.py",
        old="    WHERE status IN ('waiting', 'leased') AND urgency = {rank}",
        new="    WHERE status IN ('waiting') AND urgency = {rank}",
        tests=("tests/integration/test_crash.py::test_nothing_acknowledged_is_lost_on_sqlite",),
    ),
    Fault(
        name="budget-over-by-a-cent",
        file="src/makegood/store/sql_budgets.py",
        old="        if taken + row.cents > most_cents:\n",
        new="        if taken + row.cents > most_cents + 1:\n",
        tests=(
            "tests/conformance/test_stores.py::TestSqlite::"
            "test_a_budget_is_taken_to_its_last_cent_and_not_beyond",
        ),
    ),
    Fault(
        name="a-lifted-hold-wakes-nothing-that-is-parked",
        file="src/makegood/runtime/folding.py",
        old="            writing.wake_parked(sorted(lifted), now_ms)\n",
        new="            pass\n",
        tests=("tests/integration/test_smtp_gate_releasing.py",),
    ),
    Fault(
        name="parked-mail-without-a-fence",
        file="src/makegood/store/sql_parking.py",
        old="    WHERE parked.fence = excluded.fence AND parked.status = 'leased'",
        new="    WHERE parked.status = 'leased'",
        tests=("tests/conformance/test_stores.py::TestSqlite",),
    ),
    Fault(
        name="marks-by-what-the-notice-said",
        file="src/makegood/runtime/marks.py",
        old="held = {it: self._truth.is_wanted(it, self._place.brand) for it in emails}",
        new="held = {it: since[it] > 0 for it in emails}",
        tests=("tests/unit/runtime/test_marks.py",),
    ),
    Fault(
        name="a-run-looks-once",
        file="src/makegood/runtime/marks_run.py",
        old="over = [it for it in outcome.changed if not self._is_wanted(it)]",
        new="over = outcome.changed[:0]",
        tests=("tests/unit/runtime/test_marks_run.py",),
    ),
    Fault(
        name="what-was-delivered-in-an-outage-is-forgotten",
        file="src/makegood/runtime/worker.py",
        old="                away = fault\n",
        new="                self._unsettled, away = [], fault\n",
        tests=("tests/unit/runtime/test_worker_and_an_outage.py",),
    ),
    Fault(
        name="a-worker-sleeps-through-the-end-of-an-outage",
        file="src/makegood/runtime/worker.py",
        old="sleep((next_delay_ms(1, self._rng) or 0) / 1000)",
        new="sleep((next_delay_ms(2, self._rng) or 0) / 1000)",
        tests=("tests/unit/runtime/test_worker_and_an_outage.py",),
    ),
    Fault(
        name="a-dead-connection-is-handed-out",
        file="src/makegood/store/connections.py",
        old="            if is_listening(connection):\n",
        new="            if connection:\n",
        tests=(
            "tests/integration/test_postgres_outages.py::"
            "test_connections_that_a_restart_closed_are_not_handed_out",
        ),
    ),
    Fault(
        name="the-living-lose-their-leases",
        file="src/makegood/store/sql_outbox.py",
        old="WHERE status = 'leased' AND attempts <= 1 AND next_ms > ?",
        new="WHERE attempts <= 1 AND next_ms > ?",
        tests=("tests/conformance/test_stores.py::TestSqlite",),
    ),
    Fault(
        name="rows-are-numbered-from-one-after-a-restore",
        file="src/makegood/store/archive_postgres.py",
        old="            _draw_on(connection)\n",
        new="",
        tests=("tests/conformance/test_archives.py", "tests/conformance/test_restores.py"),
    ),
    Fault(
        name="parked-mail-goes-out-again-after-a-restore",
        file="src/makegood/runtime/restoring.py",
        old="    next_ms = max(row.expires_ms, not_before_ms)\n",
        new="    next_ms = row.since_ms\n",
        tests=("tests/conformance/test_archives.py", "tests/conformance/test_restores.py"),
    ),
    Fault(
        name="what-waited-goes-out-again-after-a-restore",
        file="src/makegood/runtime/restoring.py",
        old="            writing.record(waiting, OutboxStatus.FAILED, now_ms, why)\n",
        new="            writing.record((), OutboxStatus.FAILED, now_ms, why)\n",
        tests=("tests/conformance/test_archives.py", "tests/conformance/test_restores.py"),
    ),
    Fault(
        name="two-who-share-a-telephone",
        file="src/makegood/runtime/receiving.py",
        old="            if found is not None and not better & found.kinds:\n",
        new="            if found is not None:\n",
        tests=(
            "tests/integration/test_http_sources.py::"
            "test_two_people_who_share_a_telephone_are_not_taken_for_each_other",
        ),
    ),
    Fault(
        name="a-limited-key-writes-for-another-brand",
        file="src/makegood/runtime/own_brands.py",
        old="    if outside:\n",
        new="    if not fresh:\n",
        tests=("tests/unit/runtime/test_own_brands.py",),
    ),
    Fault(
        name="one-smtp-gate-withdraws-what-another-promised",
        file="src/makegood/store/sql_parking.py",
        old="AND fence = ? AND status = 'waiting' RETURNING mail",
        new="AND ? >= 0 AND status = 'waiting' RETURNING mail",
        tests=(
            "tests/conformance/test_stores.py::TestSqlite::"
            "test_what_somebody_else_counts_on_is_not_withdrawn",
        ),
    ),
    Fault(
        name="names-beside-a-held-guest-are-untold",
        file="src/makegood/runtime/intake.py",
        old="        if them.beside:\n",
        new="        if not them.rows:\n",
        tests=("tests/unit/runtime/test_telling.py",),
    ),
)
