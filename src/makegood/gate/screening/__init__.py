"""May we send to this list? The gate's answers for millions of rows, as of one moment."""
