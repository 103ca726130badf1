"""Worlds with a sealed truth, to try the product's estimates on; the product never imports it."""
