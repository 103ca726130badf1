"""Does everybody get the same service? Answers, speed and amounts over groups, with intervals."""
