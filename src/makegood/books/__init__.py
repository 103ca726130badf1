"""The rule books that Makegood ships, as package data; the shell reads them, nothing else."""
