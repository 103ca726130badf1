"""Protocols the shell fills: store, clock, effects. `bootstrap` joins adapters to them."""
