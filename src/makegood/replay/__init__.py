"""The same core over history: run a book's examples, fold the log again and compare."""
