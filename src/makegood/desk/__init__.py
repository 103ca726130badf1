"""The rep's screens: the queue, the case, the customer, and what went wrong inside."""
