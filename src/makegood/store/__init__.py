"""Engines behind the Store port: memory, SQLite and PostgreSQL."""
