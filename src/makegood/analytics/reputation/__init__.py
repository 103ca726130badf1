"""Reputations: what customers say of people and of rules, told apart, with intervals."""
