"""Where everything is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import include, path
from django.views.decorators.http import require_safe

from makegood.web.assets import asset

handler400 = "makegood.web.faults.unreadable"
handler403 = "makegood.web.faults.refused"
handler404 = "makegood.web.faults.not_found"
handler500 = "makegood.web.faults.our_fault"


@require_safe
def home(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return redirect("desk:queue")


urlpatterns = [
    path("", home, name="home"),
    path("static/<str:digest>/<path:name>", asset, name="asset"),
    path("accounts/", include("allauth.urls")),
    path("desk/", include("makegood.desk.urls")),
    path("v1/", include("makegood.api.urls")),
    path("", include("makegood.portal.urls")),
]
