"""The slower routes as Django sees them; every no is JSON of one shape."""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi import get_schema

from makegood import __version__
from makegood.api.access import Declined, say_limits
from makegood.api.account_routes import router as accounts
from makegood.api.advertised_routes import router as advertised
from makegood.api.budget_routes import router as budgets
from makegood.api.call_routes import router as calls
from makegood.api.closing_routes import router as closing
from makegood.api.coverage_routes import router as coverage
from makegood.api.everyone import router as everyone
from makegood.api.feeling_line_routes import router as feeling_line
from makegood.api.feeling_routes import router as feelings
from makegood.api.letter_routes import router as management_letters
from makegood.api.line_routes import router as lines
from makegood.api.mail_routes import router as mail
from makegood.api.openapi import Json, document
from makegood.api.people_routes import router as people
from makegood.api.problems import FAULT, Problem, problem_body
from makegood.api.proposal_routes import router as proposals
from makegood.api.rating_routes import router as ratings
from makegood.api.request_routes import router as requests
from makegood.api.root_cause_routes import router as root_causes
from makegood.api.routes import router
from makegood.api.said_routes import router as said
from makegood.api.spend_routes import router as spend
from makegood.api.suppression_routes import router as suppressions
from makegood.api.survey_routes import router as surveys
from makegood.api.told_twice_routes import router as told_twice
from makegood.api.webhook_routes import router as webhooks
from makegood.messages.errors import InputError
from makegood.store.outages import ENGINE_FAULTS

View = Callable[..., HttpResponse]
_SEE = "See /v1/openapi.json for what this route takes."


def _respond(status: int, problem: Problem, retry_seconds: int = 0) -> HttpResponse:
    answer = HttpResponse(problem_body(problem), content_type="application/json", status=status)
    if retry_seconds:
        answer["Retry-After"] = str(retry_seconds)
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="Makegood"'
    return answer


def _declined(request: HttpRequest, declined: Declined) -> HttpResponse:  # noqa: ARG001
    return _respond(declined.status, declined.problem, declined.retry_seconds)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001
    first = error.errors[0]
    where = " ".join(str(step) for step in first["loc"]) or "body"
    problem = Problem(code="invalid", message=f"{first['msg']}.", where=where, what_to_do=_SEE)
    return _respond(422, problem)


def _input(request: HttpRequest, error: InputError) -> HttpResponse:  # noqa: ARG001
    problem = Problem(code="bad_input", message=str(error), where="body", what_to_do=_SEE)
    return _respond(400, problem)


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:  # noqa: ARG001
    problem = Problem(code="bad_request", message=f"{error}.", where="body", what_to_do=_SEE)
    return _respond(error.status_code, problem)


def _too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:  # noqa: ARG001
    problem = Problem(
        code="too_large", message="The body is too large.", where="body", what_to_do=_SEE
    )
    return _respond(413, problem)


def _away(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001
    return _respond(503, FAULT, retry_seconds=1)


_HANDLERS: tuple[tuple[type[Exception], Any], ...] = (
    (Declined, _declined),
    (ValidationError, _invalid),
    (InputError, _input),
    (HttpError, _http),
    (RequestDataTooBig, _too_large),
    *((kind, _away) for kind in ENGINE_FAULTS),
)


@cache
def api() -> NinjaAPI:
    """Join the routes and the handlers of what goes wrong."""
    made = NinjaAPI(
        title="Makegood", version=__version__, docs_url=None, openapi_url=None, urls_namespace="v1"
    )
    made.add_router("", router)
    made.add_router("", requests)
    made.add_router("", everyone)
    made.add_router("", budgets)
    made.add_router("", mail)
    made.add_router("", proposals)
    made.add_router("", said)
    made.add_router("", told_twice)
    made.add_router("", ratings)
    made.add_router("", surveys)
    made.add_router("", feeling_line)
    made.add_router("", feelings)
    made.add_router("", advertised)
    made.add_router("", spend)
    made.add_router("", root_causes)
    made.add_router("", closing)
    made.add_router("", people)
    made.add_router("", calls)
    made.add_router("", lines)
    made.add_router("", suppressions)
    made.add_router("", webhooks)
    made.add_router("", coverage)
    made.add_router("", management_letters)
    made.add_router("", accounts)
    for kind, handler in _HANDLERS:
        made.add_exception_handler(kind, handler)
    return made


@cache
def openapi() -> Json:
    """Give the document of the whole interface, hot paths included."""
    return document(dict(get_schema(api(), path_prefix="v1/")))


@require_safe
def show_openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return HttpResponse(msgspec.json.encode(openapi()), content_type="application/json")


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:  # noqa: ARG001
    problem = Problem(
        code="no_such_path",
        message="There is nothing at this path.",
        where="path",
        what_to_do="See /v1/openapi.json for what there is.",
    )
    return _respond(404, problem)


def _in_json(view: View) -> View:
    """Say a wrong method in the same shape as every other no."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = say_limits(request, view(request, *args, **kwargs))
        if response.status_code != 405:
            return response
        problem = Problem(
            code="method_not_allowed",
            message="This path does not know this method.",
            where="method",
            what_to_do=f"Use {response['Allow']}.",
        )
        wrong = _respond(405, problem)
        wrong["Allow"] = response["Allow"]
        return wrong

    return answer


def _patterns() -> list[URLPattern]:
    found = (one for one in api().urls[0] if isinstance(one, URLPattern))
    patterns = [one for one in found if one.name != "api-root"]
    for pattern in patterns:
        pattern.callback = _in_json(pattern.callback)
    return patterns


app_name = "v1"
urlpatterns = [
    path("openapi.json", _in_json(show_openapi), name="openapi"),
    *_patterns(),
    path("<path:rest>", nothing_here),
    path("", nothing_here),
]
