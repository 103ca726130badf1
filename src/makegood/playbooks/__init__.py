"""The rule book: YAML text becomes a checked, compiled `RuleBook`; nothing here opens a file."""
