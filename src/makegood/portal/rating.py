"""How was it? One question about one thing, with a score and words, by the link of a survey.

Looking is no answer, and neither is silence. Answered again, the later answer counts.
"""

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
from msgspec import Struct

from makegood.core.decide import Asker
from makegood.core.state import decode_state
from makegood.core.surveyed import SurveyState
from makegood.core.surveys import last_asked
from makegood.effects.links import LinkForged
from makegood.messages.errors import Refused
from makegood.messages.facts import Rated
from makegood.messages.ids import CustomerId, ProfileId, RepId
from makegood.messages.survey_facts import REASONS, Reason
from makegood.playbooks.book import RuleBook
from makegood.playbooks.rulings import SurveyKind, SurveyQuestion, SurveyRule
from makegood.portal.guests import makegood_of
from makegood.portal.speech import Speech, language_of
from makegood.portal.views import CUSTOMER, LONGEST_TEXT, UNPROCESSABLE, by_link
from makegood.ports.rows import PersonRow
from makegood.projections.asked import in_language
from makegood.projections.roster import person_of, rep_name
from makegood.sources.limits import writable


class _Asked(Struct, frozen=True, kw_only=True):
    """Who was asked what.

    Attributes:
        met: The person met, by the name a customer reads; empty when nobody is named.
        changed: What was done since about what they were unhappy with; empty for nothing told.
    """

    token: str
    profile: ProfileId
    customer: CustomerId
    person: PersonRow | None
    one: SurveyState
    rule: SurveyRule
    book: RuleBook
    brand: str
    met: str
    changed: str = ""


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def rate(request: HttpRequest, token: str) -> HttpResponse:
    """Show the question, or take the answer."""
    asked = _asked(request, token)
    if request.method != "POST":
        return _show(request, asked)
    given = _given(request, asked)
    if not given:
        return _show(request, asked, notice="rate.choose", status=UNPROCESSABLE)
    taken = [_take(request, asked, pair, is_first=pair is given[0]) for pair in given]
    if not all(taken):
        return _show(request, asked, notice="refused.other", status=UNPROCESSABLE)
    lang = request.GET.get("lang", "")
    query = "?said=thanks" + (f"&lang={lang}" if lang.isalpha() else "")
    return redirect(reverse("portal:rate", args=[token]) + query)


def _asked(request: HttpRequest, token: str) -> _Asked:
    """Find what a link asks.

    Raises:
        LinkExpired: The link is ours and too old.
        LinkForged: It is not ours, or this customer was not asked that (any more).
    """
    makegood = makegood_of(request)
    profile, brand, survey, about = makegood.links.read_survey(token)
    with makegood.store.reading() as reading:
        customer = reading.customers_of([profile]).get(profile)
        row = reading.row(customer) if customer is not None else None
        if customer is None or row is None:
            raise LinkForged
        profiles = reading.profiles_of([customer]).get(customer, (profile,))
        persons = reading.persons(profiles)
        reps = reading.reps()
    state = decode_state(row.state)
    one = last_asked(state, survey, about)
    case = state.case(one.closed) if one is not None and one.closed else None
    book = makegood.library.now(brand)
    rule = book.surveys.get(survey)
    if one is None or rule is None:
        raise LinkForged
    return _Asked(
        token=token,
        profile=profile,
        customer=customer,
        person=person_of(tuple(persons.values())),
        one=one,
        rule=rule,
        book=book,
        brand=brand,
        met=rep_name(reps, one.met) if one.met else "",
        changed=case.changed if case is not None else "",
    )


def _questions(asked: _Asked) -> tuple[SurveyQuestion, ...]:
    """Give what is asked; within a case that is nobody's fault it is one question alone."""
    return asked.rule.questions[:1] if asked.one.case else asked.rule.questions


def _field(question: SurveyQuestion) -> str:
    return f"score-{question.id}" if question.id else "score"


def _given(request: HttpRequest, asked: _Asked) -> list[tuple[SurveyQuestion, int]]:
    """Read the answers that are there; one that says what was said before says nothing new.

    Whoever answers nothing new, the first question apart, answers the first again.
    """
    found = [
        (one, score)
        for one in _questions(asked)
        if (score := _score(request.POST.get(_field(one), ""), one.scale)) is not None
    ]
    new = [
        pair
        for pair in found
        if asked.one.answer_to(pair[0].id) != pair[1]
        or (not pair[0].id and any(request.POST.get(it) for it in ("words", "reason")))
    ]
    return new or found[:1]


def _show(
    request: HttpRequest, asked: _Asked, *, notice: str = "", status: int = 200
) -> HttpResponse:
    language = language_of(request, asked.person)
    speech = Speech(language, asked.book.timezone)
    linked = _score(request.GET.get("score", ""), asked.rule.scale)
    sent = _score(request.POST.get("score", ""), asked.rule.scale)
    chosen = next((it for it in (sent, linked, asked.one.score) if it is not None), None)
    has_thumbs = asked.rule.kind is SurveyKind.THUMBS
    brand = asked.book.brands.get(asked.brand)
    token = makegood_of(request).links.unsubscribe_token(asked.profile, asked.brand, "*")
    page: dict[str, Any] = {
        "speech": speech,
        "lang": language,
        "brand": brand.name if brand else asked.book.umbrella,
        "heading": in_language(asked.rule.question, language),
        "met": asked.met,
        "changed": asked.changed,
        "about": asked.one.about if asked.one.about != asked.one.event else "",
        "questions": [
            _shown(one, asked, speech, language) | _sent(request, one) for one in _questions(asked)
        ],
        # Who has answered changes it by the button alone: their way back through old pages, or
        # another look at the mail, is no new answer.
        "clicked": linked if asked.one.score is None else None,
        "chosen": chosen,
        "words": request.POST.get("words", "")[:LONGEST_TEXT],
        "told": _reasons(request, asked.rule.kind),
        "reasons": [(it, speech.say(f"rate.reason.{it}")) for it in REASONS] if has_thumbs else [],
        "answered": asked.one.is_answered,
        "thanks": request.GET.get("said") == "thanks" and asked.one.is_answered,
        "notice": speech.say(notice) if notice else "",
        "form_token": secrets.token_urlsafe(9),
        "longest": LONGEST_TEXT,
        "leave_url": reverse("portal:unsubscribe", args=[token]),
    }
    return render(request, "portal/rate.html", page, status=status)


def _shown(one: SurveyQuestion, asked: _Asked, speech: Speech, language: str) -> dict[str, Any]:
    """Give one question as the page shows it."""
    return {
        "field": _field(one),
        "id": one.id,
        "words": in_language(one.question, language),
        "scores": _scores(one, speech),
        "low": speech.say(f"rate.{one.kind.value}.low"),
        "high": speech.say(f"rate.{one.kind.value}.high"),
        "given": asked.one.answer_to(one.id),
    }


def _sent(request: HttpRequest, one: SurveyQuestion) -> dict[str, Any]:
    """Give what was chosen in a form that could not be taken, so that nothing of it is lost."""
    score = _score(request.POST.get(_field(one), ""), one.scale)
    return {} if score is None else {"given": score}


def _scores(question: SurveyQuestion, speech: Speech) -> list[tuple[int, str]]:
    least, most = question.scale
    if question.kind is SurveyKind.THUMBS:
        return [(1, speech.say("rate.thumbs.high")), (0, speech.say("rate.thumbs.low"))]
    return [(score, str(score)) for score in range(least, most + 1)]


def _score(written: str, scale: tuple[int, int]) -> int | None:
    least, most = scale
    known = {str(score): score for score in range(least, most + 1)}
    return known.get(written)


def _reasons(request: HttpRequest, kind: SurveyKind) -> tuple[Reason, ...]:
    told = request.POST.getlist("reason") if kind is SurveyKind.THUMBS else []
    return tuple(one for one in REASONS if one in told)


def _asker(request: HttpRequest) -> Asker:
    """Say who answers: whoever is signed in at the desk writes it down, with any link."""
    user = request.user
    return Asker(rep=RepId(user.get_username())) if user.is_authenticated else CUSTOMER


def _take(
    request: HttpRequest, asked: _Asked, given: tuple[SurveyQuestion, int], *, is_first: bool
) -> bool:
    """Append the answer; sent twice from one form it happens once.

    What was added in words goes with the first answer of the form.
    """
    question, score = given
    form = writable(request.POST.get("form", ""), 40) or secrets.token_urlsafe(9)
    message_id = f"{asked.one.event}:{asked.rule.id}:rated:{form}"
    message_id += f":{question.id}" if question.id else ""
    words = writable(request.POST.get("words", ""), LONGEST_TEXT) if is_first else ""
    ref = f"portal:{message_id}" if words else ""
    body = Rated(
        survey=asked.rule.id,
        score=score,
        about=asked.one.about,
        brand=asked.brand,
        met=asked.one.met,
        words=ref,
        reasons=() if question.id else _reasons(request, asked.rule.kind),
        question=question.id,
    )
    outcome = makegood_of(request).acts.act(
        asked.customer,
        body,
        _asker(request),
        message_id=message_id,
        texts={ref: words} if ref else {},
    )
    return not isinstance(outcome, Refused)
