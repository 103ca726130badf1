"""What a week amounts to, for the letter to management."""
