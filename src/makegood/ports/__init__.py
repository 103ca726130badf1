"""Protocols the shell fills: store, clock, effects. Adapters implement them, `bootstrap` joins them."""
