"""What counts over time need of the tables of others."""

FEELINGS = ("CREATE INDEX cases_opened ON cases (opened_ms, brand)",)
