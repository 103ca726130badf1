"""Tables of what customers are asked."""

ANSWERS = (
    """CREATE TABLE survey_answer (
        id TEXT NOT NULL PRIMARY KEY,
        profile TEXT NOT NULL,
        survey TEXT NOT NULL,
        about TEXT NOT NULL,
        question TEXT NOT NULL,
        at_ms BIGINT NOT NULL,
        brand TEXT NOT NULL,
        touch TEXT NOT NULL,
        met TEXT NOT NULL,
        score BIGINT NOT NULL,
        asked BIGINT NOT NULL,
        why TEXT NOT NULL,
        rated_ms BIGINT NOT NULL,
        unhappy TEXT NOT NULL,
        replied BIGINT NOT NULL)""",
    # Figures group by all of these: read in this order, nothing is sorted nor looked up.
    """CREATE INDEX survey_answer_kind ON survey_answer (
        survey, question, brand, touch, score, asked, why, unhappy, replied, at_ms)""",
    "CREATE INDEX survey_answer_at ON survey_answer (at_ms)",
    """CREATE INDEX survey_answer_unhappy ON survey_answer (unhappy, rated_ms DESC, id DESC)
        WHERE unhappy <> ''""",
    """CREATE INDEX survey_answer_not ON survey_answer (survey, at_ms DESC, id DESC)
        WHERE why <> '' AND question = ''""",
)
