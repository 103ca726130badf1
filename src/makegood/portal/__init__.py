"""The customer's pages: their case, their choice, unsubscribe, a friend's link, tell us."""
