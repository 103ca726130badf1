"""The engines that a store test runs on, as parameters for a fixture of the same name."""

import pytest

POSTGRES = (pytest.mark.postgres, pytest.mark.xdist_group("postgres"))
ON_DISK = ("sqlite", pytest.param("postgres", marks=POSTGRES))
ENGINES = ("memory", *ON_DISK)
