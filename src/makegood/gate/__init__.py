"""May we send? One fresh look at the store for each question."""
