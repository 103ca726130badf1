"""The gate's question asked the usual way: a Django model, the ORM and a django-ninja endpoint."""
