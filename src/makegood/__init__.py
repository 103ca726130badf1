"""Makegood makes a bad day end well for a company's customers."""

__version__ = "0.1.0"
