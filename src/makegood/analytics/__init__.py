"""What recovery earns and what silence would have saved, counted over many customers at once."""
