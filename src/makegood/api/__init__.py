"""The HTTP interface for other systems: keys, limits, problems and the slower routes."""
