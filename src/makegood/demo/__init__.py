"""Worlds to try Makegood in: a real storm with synthetic customers, and the missing car."""
