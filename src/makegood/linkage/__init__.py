"""Who is who across brands: which rows of guest lists are probably one person, and why.

Splink and DuckDB come with the extra `linkage`; nothing else needs them, so they are loaded by
`finding` alone.
"""
