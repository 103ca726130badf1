"""Where everything is."""

from allauth.account import views as account  # type: ignore[import-untyped]
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import include, path
from django.views.decorators.http import require_safe

from makegood.desk import zendesk_card
from makegood.web.assets import asset

handler400 = "makegood.web.faults.unreadable"
handler403 = "makegood.web.faults.refused"
handler404 = "makegood.web.faults.not_found"
handler500 = "makegood.web.faults.our_fault"


@require_safe
def home(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return redirect("desk:queue")


def closed(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Allauth asks for the address of everything it could do; we let it do less."""
    raise Http404


@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    """Say who sets a new password; nothing is asked, so nothing about an account is told."""
    return render(request, "account/password_reset.html")


# The firm makes its people's accounts and knows them by name: no sign-up, no address that is
# changed or confirmed, and no password that comes back by mail.
_accounts = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("inactive/", closed, name="account_inactive"),
    path("signup/", closed, name="account_signup"),
    path("email/", closed, name="account_email"),
    path("confirm-email/", closed, name="account_email_verification_sent"),
    path("password/set/", closed, name="account_set_password"),
    path("password/reset/", forgotten, name="account_reset_password"),
    path("password/reset/done/", closed, name="account_reset_password_done"),
]

urlpatterns = [
    path("", home, name="home"),
    path("static/<str:digest>/<path:name>", asset, name="asset"),
    path("accounts/", include(_accounts)),
    path("desk/", include("makegood.desk.urls")),
    path("embed/zendesk", zendesk_card.page, name="zendesk"),
    path("embed/zendesk/card", zendesk_card.card, name="zendesk-card"),
    path("v1/", include("makegood.api.urls")),
    path("", include("makegood.portal.urls")),
]
