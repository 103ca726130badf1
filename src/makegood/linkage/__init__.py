"""Who is who across brands: which rows of guest lists are probably one person, and why."""
