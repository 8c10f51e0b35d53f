"""Numbers without a fraction are integers, however they are written."""

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from domain.shared.json_decoder import DECODER

WHOLE = st.integers(-(2**53), 2**53)


@given(WHOLE)
def test_a_whole_number_is_an_integer_with_or_without_a_point(number: int) -> None:
    for text in (f"{number}", f"{number}.0", f"{number}.000", f"{number}e0", f"{number}E+0"):
        value = DECODER.decode(text)
        assert value == number
        assert isinstance(value, int)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_keeps_its_value(number: float) -> None:
    value = DECODER.decode(json.dumps(number))
    assert value == number
    assert isinstance(value, int) == (number.is_integer() and abs(number) < 2**64)


def test_a_number_beyond_all_is_infinite_and_no_integer() -> None:
    assert DECODER.decode("1e400") == math.inf
