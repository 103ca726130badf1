"""Seeded faults: what goes in and out: gates, effects, the interface, the screens."""

from tests.mutations.fault import Fault

FAULTS: tuple[Fault, ...] = (
    Fault(
        name="cached-gate",
        file="src/makegood/gate/service.py",
        old="""        with self._store.looking() as reading:
            records = reading.gate_records(profile)
            rows = [_judged(reading, record, library, now_ms) for record in records]
""",
        new="""        kept: dict[ProfileId, list[GateRow]] = self.__dict__.setdefault("kept", {})
        with self._store.looking() as reading:
            if profile not in kept:
                records = reading.gate_records(profile)
                kept[profile] = [_judged(reading, one, library, now_ms) for one in records]
            rows = kept[profile]
""",
        tests=("tests/unit/gate/test_service.py::test_a_failure_holds_at_the_next_question",),
    ),
    Fault(
        name="cached-gate-in-the-race",
        file="src/makegood/gate/service.py",
        old="""        with self._store.looking() as reading:
            records = reading.gate_records(profile)
            rows = [_judged(reading, record, library, now_ms) for record in records]
""",
        new="""        kept: dict[ProfileId, list[GateRow]] = self.__dict__.setdefault("kept", {})
        with self._store.looking() as reading:
            if profile not in kept:
                records = reading.gate_records(profile)
                kept[profile] = [_judged(reading, one, library, now_ms) for one in records]
            rows = kept[profile]
""",
        tests=(
            "tests/integration/test_race.py::"
            "test_after_an_acknowledgement_nobody_hears_yes_on_sqlite",
        ),
    ),
    Fault(
        name="screening-forgets-who-was-erased",
        file="src/makegood/gate/screening/run.py",
        old="        wanted = against.pseudonyms()\n",
        new="        wanted: frozenset[str] = frozenset()\n",
        tests=("tests/properties/test_screening.py",),
    ),
    Fault(
        name="screening-forgets-timers",
        file="src/makegood/gate/screening/standing.py",
        old="    while rows := reading.overdue(now_ms, due, PAGE):\n",
        new="    while rows := reading.overdue(0, due, PAGE):\n",
        tests=("tests/properties/test_screening.py",),
    ),
    Fault(
        name="screening-forgets-who-is-found-through-others",
        file="src/makegood/gate/screening/names.py",
        old="        if self._through.is_empty():\n",
        new="        if True:\n",
        tests=("tests/properties/test_screening.py",),
    ),
    Fault(
        name="screening-takes-all-holds-for-one-shape",
        file="src/makegood/gate/screening/shapes.py",
        old="        shape: Hashable = (hold.scope, hold.unclear, hold.lifts_ms)\n",
        new="        shape: Hashable = (hold.scope, hold.unclear)\n",
        tests=("tests/properties/test_shapes.py",),
    ),
    Fault(
        name="a-process-outlives-its-server",
        file="src/makegood/web/asgi.py",
        old="    end_with_the_server()\n",
        new="",
        tests=(
            "tests/integration/test_serve.py::test_no_process_outlives_a_server_that_was_killed",
        ),
    ),
    Fault(
        name="two-servers-on-one-file",
        file="src/makegood/web/alone.py",
        old="        except BlockingIOError:\n            return False\n",
        new="        except BlockingIOError:\n            return True\n",
        tests=("tests/unit/web/test_alone.py",),
    ),
    Fault(
        name="a-limit-of-the-law-is-off-by-one",
        file="src/makegood/books/laws/eu261.yaml",
        old="    !values.excused && failure.arrival_delay_minutes >= 180\n",
        new="    !values.excused && failure.arrival_delay_minutes > 180\n",
        tests=("tests/unit/playbooks/test_eu261.py",),
    ),
    Fault(
        name="what-was-not-told-is-an-excuse",
        file="src/makegood/books/laws/eu261.yaml",
        old="  excused: has(failure.extraordinary) && failure.extraordinary\n",
        new='  excused: has(failure.extraordinary) || failure.cause == "nature"\n',
        tests=("tests/unit/playbooks/test_eu261.py",),
    ),
    Fault(
        name="mail-kinds-show-what-one-person-was-sent",
        file="src/makegood/gate/kinds_seen.py",
        old="    elif kind.first[0] != who:\n",
        new="    else:\n",
        tests=(
            "tests/unit/gate/test_mail_kinds.py::"
            "test_two_mails_to_one_person_show_nothing_of_them",
        ),
    ),
    Fault(
        name="what-was-said-of-a-mail-waits-for-a-restart",
        file="src/makegood/gate/kinds_seen.py",
        old="                kind.decided = decision.message_class\n",
        new="                pass\n",
        tests=(
            "tests/unit/gate/test_mail_kinds_said.py::"
            "test_what_is_said_of_a_kind_long_unseen_is_heard_as_well",
        ),
    ),
    Fault(
        name="smtp-gate-passes-whoever-is-held",
        file="src/makegood/gate/smtp/judging.py",
        old="            passes=answer.allowed,\n",
        new="            passes=True,\n",
        tests=("tests/integration/test_smtp_gate.py",),
    ),
    Fault(
        name="smtp-gate-passes-marketing-while-the-store-is-away",
        file="src/makegood/gate/smtp/handover.py",
        old="""        except StoreAway:
            return _STORE_AWAY
        held =""",
        new="""        except StoreAway:
            return await courier.deliver(handed.recipients, handed.wire)
        held =""",
        tests=("tests/integration/test_smtp_gate_store_away.py",),
    ),
    Fault(
        name="smtp-gate-mends-line-ends",
        file="src/makegood/gate/smtp/upstream.py",
        old="            protocol.write(wire + END)\n",
        new="""            mended = wire.replace(b"\\r\\n", b"\\n").replace(b"\\n", b"\\r\\n")
            protocol.write(mended + END)
""",
        tests=("tests/integration/test_smtp_gate_wire.py",),
    ),
    Fault(
        name="smtp-gate-lets-half-a-mail-trickle-on",
        file="src/makegood/gate/smtp/link.py",
        old="        link.transport.abort()\n",
        new="        link.transport.close()\n",
        tests=("tests/integration/test_smtp_gate_wire.py",),
    ),
    Fault(
        name="smtp-gate-says-yes-before-the-mail-server-does",
        file="src/makegood/gate/smtp/handover.py",
        old="        if not reply.is_ok:\n            self._undo",
        new="        if reply.code == 0:\n            self._undo",
        tests=("tests/integration/test_smtp_gate_answers.py",),
    ),
    Fault(
        name="smtp-gate-lets-a-dot-before-a-bare-line-end-through",
        file="src/makegood/gate/smtp/wire.py",
        old="    return _SMUGGLED.search(wire) is not None\n",
        new='    return _SMUGGLED.search(wire.replace(b"\\r\\n.", b"")) is not None\n',
        tests=("tests/integration/test_smtp_gate_wire.py",),
    ),
    Fault(
        name="smtp-gate-forgets-what-it-sent-while-the-store-was-away",
        file="src/makegood/gate/smtp/releasing.py",
        old="        self._untold = tuple(rows)\n",
        new="        self._untold = ()\n",
        tests=("tests/integration/test_smtp_gate_mishaps.py",),
    ),
    Fault(
        name="offset-forgets-what-went",
        file="src/makegood/effects/mailchimp.py",
        old="        offset = max(0, int(after or 0) - gone)\n",
        new="        offset = int(after or 0)\n",
        tests=("tests/unit/effects/test_mailchimp.py",),
    ),
    Fault(
        name="any-condition-leaves-out",
        file="src/makegood/effects/mailchimp_check.py",
        old='        is_strict = options.match == "all" or len(options.conditions) == 1\n',
        new="        is_strict = True\n",
        tests=("tests/unit/effects/test_mailchimp.py",),
    ),
    Fault(
        name="a-key-is-remembered-beyond-its-end",
        file="src/makegood/api/keys.py",
        old="    return min(CACHE_SECONDS, left_s)\n",
        new="    return max(CACHE_SECONDS, left_s)\n",
        tests=("tests/unit/api/test_keys.py",),
    ),
    Fault(
        name="a-key-of-some-brands-is-let-in-everywhere",
        file="src/makegood/api/access.py",
        old="        if key.brands and not self._by_brand:\n",
        new="        if key.brands and self._by_brand and False:\n",
        tests=("tests/unit/api/test_brands_of_keys.py",),
    ),
    Fault(
        name="a-cut-off-restore-is-served",
        file="src/makegood/bootstrap.py",
        old="        must_be_settled(store)\n",
        new="        pass\n",
        tests=("tests/conformance/test_archives.py", "tests/conformance/test_restores.py"),
    ),
    Fault(
        name="a-key-for-cases-opens-the-mail-gate",
        file="src/makegood/api/mail_routes.py",
        old='    auth=WithKey("mail"),\n',
        new="",
        tests=("tests/unit/api/test_mail_kinds.py", "tests/unit/web/test_who_may.py"),
    ),
    Fault(
        name="an-act-is-sealed-without-the-one-before",
        file="src/makegood/ports/acts.py",
        old="        if act.place != place or act.prior != prior or",
        new="        if act.place != place or",
        tests=("tests/conformance/test_stores.py",),
    ),
    Fault(
        name="the-log-tells-what-was-typed-into-a-path",
        file="src/makegood/web/discreet.py",
        old="        return _NOWHERE\n",
        new="        return value\n",
        tests=("tests/integration/test_log.py",),
    ),
    Fault(
        name="a-tag-without-its-note",
        file="src/makegood/effects/zendesk.py",
        old="        if note:\n            change",
        new="        if not note:\n            change",
        tests=("tests/unit/effects/test_zendesk.py",),
    ),
    Fault(
        name="a-limited-key-hears-of-other-brands-cases",
        file="src/makegood/gate/service.py",
        old='    return row is not None and row.brand in ("", *brands)\n',
        new="    return row is not None\n",
        tests=("tests/integration/test_http_limits.py",),
    ),
)
