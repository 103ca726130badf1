"""Which brand of the umbrella flies a carrier's flights.

The carriers are real and so are their flights; the umbrella is made up. Regional carriers fly
for the brand of the line they flew for in 2013.
"""

GROUPS = (
    ("UA", "EV", "YV", "OO"),
    ("B6", "VX", "AS", "HA"),
    ("DL", "9E"),
    ("AA", "MQ", "US"),
    ("WN", "FL", "F9"),
)


def brand_of(carrier: str, brands: tuple[str, ...]) -> str:
    """Give the brand of a carrier; an unknown carrier flies for the first brand.

    Args:
        brands: Ids of the rule book's brands, at least one.
    """
    group = next((n for n, carriers in enumerate(GROUPS) if carrier in carriers), 0)
    return brands[group % len(brands)]
