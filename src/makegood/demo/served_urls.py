"""Where the stage's pages are, before those of the product."""

from django.urls import include, path

from makegood.demo import served_views
from makegood.demo.served_stage import is_set
from makegood.web import urls as ours

handler400, handler403 = ours.handler400, ours.handler403
handler404, handler500 = ours.handler404, ours.handler500

_stage = (
    [
        path("", served_views.page, name="page"),
        path("demo/part/<str:name>", served_views.part, name="part"),
        path("demo/do/<str:act>", served_views.do, name="do"),
        path("demo/phone", served_views.phone, name="phone"),
        path("demo/desk", served_views.desk, name="desk"),
        path("demo/sign-in", served_views.sign_in, name="sign_in"),
    ],
    "demo",
)
# A deployment that is started with the demo's settings has no stage: nobody signs in by a click.
urlpatterns = [*([path("", include(_stage))] if is_set() else []), path("", include(ours))]
