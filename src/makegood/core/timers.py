"""What happens unless an event comes first, and the event that set it."""

from enum import StrEnum

from msgspec import Struct

from makegood.messages.ids import BookHash, ProfileId


class Origin(Struct, frozen=True, gc=False, array_like=True):
    """The event that caused something, enough to derive command ids and to find the customer.

    Attributes:
        source: The event's source.
        message_id: Its id there.
        profile: Whom it was about.
        book: Rule book it was stamped with.
        imported: It is history: what follows from it sends nothing.
    """

    source: str
    message_id: str
    profile: ProfileId
    book: BookHash
    imported: bool = False


class TimerKind(StrEnum):
    """What a timer is for; the value orders timers that are due at the same instant."""

    SILENCE = "a_silence"
    CONFIRM_BY = "b_confirm_by"
    OPEN_BY = "c_open_by"
    CHOOSE_BY = "d_choose_by"
    CALL_BY = "e_call_by"
    ASK_AT = "f_ask_at"
    ASK_AGAIN = "g_ask_again"
    LIFT_AT = "h_lift_at"
    OFFER_AT = "i_offer_at"
    LONGEST = "j_longest"
    ANSWER_BY = "k_answer_by"
    APPROVE_BY = "l_approve_by"
    SURVEY_AT = "m_survey_at"
    PERSON_BY = "n_person_by"
    PLACE_BY = "o_place_by"
    KEPT_UNTIL = "p_kept_until"
    SUCCESSOR_BY = "q_successor_by"
    HELLO_AT = "r_hello_at"
    HELLO_BY = "s_hello_by"
    LAPSE_AT = "t_lapse_at"
    WAIT_OVER = "u_wait_over"
    CALL_BACK_BY = "v_call_back_by"
    CALL_BACK_SOON = "w_call_back_soon"
    SURVEY_AGAIN = "x_survey_again"


class Timer(Struct, frozen=True, gc=False, array_like=True, order=True):
    """Something that happens unless an event comes first. A firing is never logged.

    Timers fire in the order of their fields, so the order of the fields matters; no two of a
    customer share kind, subject and `about`.

    Attributes:
        due_ms: Fires then, not when somebody looks.
        kind: What for.
        subject: The case, the silence rule, the lapse, the survey, the conversation, or the event
            of a request.
        about: The failure's or promise's `about`, or the ask of a place.
        origin: The event that set it; its book is the one that counts.
        brand: Whose promise it is; empty for the umbrella.
    """

    due_ms: int
    kind: TimerKind
    subject: str
    about: str
    origin: Origin
    brand: str = ""
