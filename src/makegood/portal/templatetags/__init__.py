"""The customer's words, for templates."""
