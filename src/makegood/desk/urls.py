"""Where the desk's pages are."""

from django.urls import path

from makegood.desk import asked, broken, case, customers, queue, said, waiting

app_name = "desk"

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("asked", waiting.waiting, name="waiting"),
    path("search", customers.search, name="search"),
    path("cases/<str:case_id>", case.case, name="case"),
    path("cases/<str:case_id>/<str:act>", case.act, name="act"),
    path("customers/<str:customer_id>", customers.customer, name="customer"),
    path("customers/<str:customer_id>/raise", customers.raise_failure, name="raise"),
    path("customers/<str:customer_id>/ask/<str:name>", asked.ask, name="ask"),
    path("customers/<str:customer_id>/asked/<str:event>/<str:act>", asked.answer, name="answer"),
    path("customers/<str:customer_id>/say/<str:act>", said.say, name="say"),
    path("customers/<str:customer_id>/said/<str:event>/<str:act>", said.came, name="came"),
    path("broken", broken.broken, name="broken"),
    path("broken/<str:command_id>/retry", broken.retry, name="retry"),
]
