"""A rule book as a company handbook: the page that front-line staff read, made from any book."""
