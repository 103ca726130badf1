"""The verbs: take events in, act for a person, deliver the outbox, fire timers."""
