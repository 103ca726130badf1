"""Adapters in: what the outside sends becomes arrivals for the intake."""
