"""The same facts as a company would model them: who has which identifier, and who is held."""

from django.db import models


class Customer(models.Model):
    """A person."""


class Identifier(models.Model):
    """A typed name; several may mean one customer."""

    name = models.CharField(max_length=200, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)


class Hold(models.Model):
    """Marketing stops, for one brand or all, until it is lifted."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    brand = models.CharField(max_length=80, blank=True)
    case = models.CharField(max_length=40)
    since = models.DateTimeField()
    lifted = models.DateTimeField(null=True)


class Unsubscribe(models.Model):
    """A customer's own no."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    brand = models.CharField(max_length=80)
    channel = models.CharField(max_length=20)


class Key(models.Model):
    """Who may ask."""

    sha256 = models.BinaryField(max_length=32, unique=True)
    scopes = models.CharField(max_length=80)
    revoked = models.DateTimeField(null=True)
