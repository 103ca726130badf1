"""The vocabulary: events, commands, money, ids and errors. Imports nothing of ours."""
