"""For tests, ours and those of an adapter's author: a clock that stands still, conformance suites."""
