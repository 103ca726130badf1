"""Mail in: bytes become values. Pure: nothing is opened, run, fetched or asked for."""
