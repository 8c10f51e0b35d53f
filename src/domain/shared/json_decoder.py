"""A decoder of JSON that reads every number without a fraction as an integer."""

from typing import Final

import msgspec

_LARGEST: Final = 2.0**64
"""Integers from here on fit in no field."""


def _number(text: str) -> float | int:
    """Return the value of a number with a point or an exponent.

    JSON Schema and JavaScript know no difference between 2 and 2.0.
    """
    number = float(text)
    return int(number) if number.is_integer() and abs(number) < _LARGEST else number


DECODER: Final = msgspec.json.Decoder(float_hook=_number)
"""Returns Python values; raises `msgspec.DecodeError`."""
