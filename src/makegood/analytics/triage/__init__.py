"""What a letter is about: learned here, from labels, with a chance that can be believed."""
