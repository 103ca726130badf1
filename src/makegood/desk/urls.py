"""Where the desk's pages are."""

from django.urls import path

from makegood.desk import (
    asked,
    broken,
    case,
    connections,
    customers,
    queue,
    rule_history,
    rules,
    said,
    trying,
    waiting,
)

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
    path("rules", rules.book, name="rules"),
    path("rules/edit", rules.edit, name="rules-edit"),
    path("rules/text", rules.text, name="rules-text"),
    path("rules/write", rules.write, name="rules-write"),
    path("rules/example", rules.example, name="rules-example"),
    path("rules/discard", rules.discard, name="rules-discard"),
    path("rules/draft", trying.draft, name="rules-draft"),
    path("rules/try", trying.begin, name="rules-try"),
    path("rules/trials/<int:place>", trying.progress, name="rules-progress"),
    path("rules/trials/<int:place>/stop", trying.stop, name="rules-stop"),
    path("rules/activate", trying.activate, name="rules-activate"),
    path("rules/history", rule_history.history, name="rules-history"),
    path("rules/roll-back", rule_history.roll_back, name="rules-roll-back"),
    path("connections/", connections.index, name="connections"),
    path("broken", broken.broken, name="broken"),
    path("broken/<str:command_id>/retry", broken.retry, name="retry"),
]
