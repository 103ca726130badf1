"""The shipped test kit: builders, a clock that is told the time, the conformance suites."""
