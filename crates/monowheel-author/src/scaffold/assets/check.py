"""The wheel, as a user has it: installed."""

import pytest
from own_lib import _own_lib


def test_parses() -> None:
    assert _own_lib.parse(" 42 ") == 42


@pytest.mark.parametrize("text", ["", "x", str(2**64)])
def test_refuses_what_is_no_number(text: str) -> None:
    with pytest.raises(ValueError, match="number|digit|integer"):
        _own_lib.parse(text)
