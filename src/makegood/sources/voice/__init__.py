"""What is said in public, from feeds, networks, webhooks and tables."""
