"""Adapters out: mail, SMS, webhooks; idempotent by the command's id, each outcome an event."""
