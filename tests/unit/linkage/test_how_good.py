"""How good links are: FEBRL 4, and made-up guests of three brands with a sealed truth.

The thresholds were chosen on another seed than those measured here. The limits leave twice the
error that the benchmark (`python -m benchmarks.linkage`) shows.
"""

import pytest

from tests.guests.judging import CHOSEN_ON, brands, febrl_4, shares


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2, 3])
def test_guests_of_three_brands_are_linked(tmp_path, seed):
    assert seed != CHOSEN_ON
    found, true = brands(tmp_path, seed, 2_500)
    assert len(true) > 2_000
    precision, recall, _ = shares(found.sure, true)
    assert precision >= 0.99
    assert recall >= 0.9
    _, with_people, _ = shares([*found.sure, *found.asked], true)
    assert with_people > recall  # what is asked about is worth asking


@pytest.mark.slow
@pytest.mark.parametrize("with_number", [True, False])
def test_febrl_4_is_linked_without_searching_by_its_national_id(tmp_path, with_number):
    found, true = febrl_4(tmp_path, with_number=with_number)
    assert len(true) == 5_000
    precision, recall, f1 = shares([*found.sure, *found.asked], true)
    assert f1 >= 0.995, (precision, recall)
    assert precision >= 0.99
