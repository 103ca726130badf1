"""Where the customer's pages are; the addresses are those that `effects.links` writes."""

from django.urls import path

from makegood.portal import friends, houses, leaving, person, rating, telling, views

app_name = "portal"

urlpatterns = [
    path("c/<str:token>", views.case, name="case"),
    path("c/<str:token>/choose", views.choose, name="choose"),
    path("c/<str:token>/answer", views.answer, name="answer"),
    path("c/<str:token>/write", views.write, name="write"),
    path("c/<str:token>/call", views.call_me, name="call"),
    path("c/<str:token>/back", views.call_back, name="back"),
    path("c/<str:token>/claim", views.claim, name="claim"),
    path("c/<str:token>/appeal", views.appeal, name="appeal"),
    path("c/<str:token>/opened", views.opened, name="opened"),
    path("c/<str:token>/again", views.again, name="again"),
    path("p/<str:token>", person.person, name="person"),
    path("p/<str:token>/choose", person.choose, name="person-choose"),
    path("p/<str:token>/write", person.write, name="person-write"),
    path("p/<str:token>/hello", person.hello, name="person-hello"),
    path("p/<str:token>/refuse", person.refuse, name="person-refuse"),
    path("h/<str:token>", houses.house, name="house"),
    path("h/<str:token>/answer", houses.answer, name="house-answer"),
    path("h/<str:token>/arrived", houses.arrived, name="house-arrived"),
    path("h/<str:token>/again", houses.ask_back, name="house-again"),
    path("s/<str:token>", rating.rate, name="rate"),
    path("u/<str:token>", leaving.unsubscribe, name="unsubscribe"),
    path("r/<str:token>", friends.friend, name="friend"),
    path("r/<str:token>/seen", friends.seen, name="seen"),
    path("tell/<str:brand>", telling.tell, name="tell"),
    path("told/<str:token>", telling.confirm, name="confirm"),
]
