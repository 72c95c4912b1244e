"""Custom types: None and defaults, shapes, duck typing, enums, dicts."""

from __future__ import annotations

import math
from typing import NamedTuple

import pytest

import type_conversion as conversion
from type_conversion import Reading, Unit


class Place(NamedTuple):
    """An object with all attributes."""

    x: float
    y: float
    name: str | None = None


class Bare:
    """An object with only the required ones."""

    x, y = 1, 2


def test_a_reading_has_its_parts() -> None:
    reading = Reading("roof", 20, note="wet")
    assert (reading.sensor, reading.note) == ("roof", "wet")
    assert reading.value() == pytest.approx(20.0)
    assert reading.value(Unit.KELVIN) == pytest.approx(293.15)
    assert Reading("roof", 293.15, unit=Unit.KELVIN).value() == pytest.approx(20.0)


def test_none_is_the_default() -> None:
    assert Reading("roof", 1.0) == Reading("roof", 1.0, unit=None, note=None)
    assert Reading("roof", 1.0).note is None
    assert Reading("roof", 1.0, note="").note == ""
    for arguments in (("roof", None), (None, 1.0), ("roof",)):
        with pytest.raises(TypeError):
            Reading(*arguments)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -273.16])
def test_no_such_temperature(value: float) -> None:
    with pytest.raises(ValueError, match="is not a temperature"):
        Reading("roof", value)
    with pytest.raises(ValueError, match="is not a temperature"):
        conversion.summary([("roof", value)])


def test_a_unit_is_a_value_of_its_own() -> None:
    assert Unit.KELVIN == Unit.KELVIN
    assert Unit.KELVIN != Unit.CELSIUS
    assert len({Unit.KELVIN, Unit.CELSIUS, Unit.KELVIN}) == 2
    with pytest.raises(TypeError):
        Reading("roof", 1.0).value("KELVIN")  # type: ignore[arg-type]


def test_readings_compare_but_have_no_hash() -> None:
    assert Reading("roof", 1.0) != Reading("roof", 2.0)
    assert Reading("roof", 1.0) != 1.0
    with pytest.raises(TypeError, match="unhashable"):
        hash(Reading("roof", 1.0))


def test_three_shapes_are_taken() -> None:
    found = conversion.summary(
        [Reading("roof", 10.0, note="a"), ("yard", 20), {"sensor": "door", "value": 30.0, "note": None}]
    )
    assert found == {"count": 3, "mean": pytest.approx(20.0), "notes": ["a"]}
    assert conversion.summary([{"sensor": "door", "value": 1.0}])["notes"] == []


def test_nothing_has_no_mean() -> None:
    assert conversion.summary([]) == {"count": 0, "mean": None, "notes": []}


@pytest.mark.parametrize("wrong", [None, 1.0, ("roof",), ("roof", "1"), {"sensor": "roof"}, ("roof", 1.0, "note")])
def test_no_other_shape_is(wrong: object) -> None:
    with pytest.raises(TypeError):
        conversion.summary([wrong])  # type: ignore[list-item]


def test_what_has_the_attributes_is_a_place() -> None:
    one, other = (Place(0.0, 1.0, "pole"), -40.0), (Bare(), 20.0)
    *where, value = conversion.warmer(one, other)
    assert where == [1.0, 2.0, None]
    assert value == pytest.approx(20.0)
    assert conversion.warmer(one, (Bare(), -50.0))[:3] == (0.0, 1.0, "pole")
    with pytest.raises(AttributeError, match="has no attribute 'x'"):
        conversion.warmer(one, (object(), 1.0))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="NaN is not a temperature"):
        conversion.warmer(one, (Bare(), math.nan))
