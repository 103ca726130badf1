"""Read models: what happened, who somebody is, what is due; pure functions over rows."""
