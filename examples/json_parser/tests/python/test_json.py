"""The library compared with Python's own json: the same values, and errors with positions."""

from __future__ import annotations

import gc
import json
import math
import pickle
import random
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from json_parser import MAX_DEPTH, Document, JSONError, loads

CHARACTERS = ' ab"\\/\b\f\n\r\t\x00\x1f\x7fé߿ࠀ￿\U0001f980'


def random_value(random_: random.Random, depth: int) -> object:
    """Make a value that JSON can hold."""
    kind = random_.randint(0, 6 if depth else 4)
    if kind == 0:
        return random_.choice([None, True, False])
    if kind == 1:
        return random_.choice([0, -1, 2**63 - 1, -(2**63), 2**63, 10**40, random_.getrandbits(70)])
    if kind == 2:
        return random_.choice(
            [0.0, -0.0, 1e-320, 1.7976931348623157e308, random_.uniform(-1, 1) * 10.0 ** random_.randint(-300, 300)]
        )
    if kind in {3, 4}:
        return "".join(random_.choices(CHARACTERS, k=random_.randint(0, 40)))
    items = [random_value(random_, depth - 1) for _ in range(random_.randint(0, 5))]
    return items if kind == 5 else {"".join(random_.choices(CHARACTERS, k=3)): item for item in items}


@pytest.mark.parametrize("ascii_", [True, False])
def test_values_are_those_of_json(ascii_: bool) -> None:
    random_ = random.Random(11)  # noqa: S311 - the same at every run
    for _ in range(1_000):
        value = random_value(random_, 4)
        text = json.dumps(value, ensure_ascii=ascii_, indent=random_.choice([None, 1]))
        # repr: 1 is not 1.0, and -0.0 is not 0.0.
        for form in (text, text.encode(), bytearray(text.encode())):
            assert repr(loads(form)) == repr(value)
        assert repr(Document(text).get()) == repr(value)


@pytest.mark.parametrize(
    ("text", "message", "position", "line", "column"),
    [
        ("", "the text ends too early", 0, 1, 1),
        ('{"a": 1,}', "expected a key in quotes", 8, 1, 9),
        ('[\n "größe", 1 1]', "expected `,` or `]`", 14, 2, 13),
        ("NaN", "expected a value", 0, 1, 1),
        ('"\\ud800"', "half of a surrogate pair", 1, 1, 2),
        ("1e999", "the number is too large", 0, 1, 1),
    ],
)
def test_an_error_has_its_place(text: str, message: str, position: int, line: int, column: int) -> None:
    for form in (text, text.encode()):
        for parse in (loads, Document):
            with pytest.raises(JSONError) as caught:
                parse(form)
            error = caught.value
            assert (error.message, error.position, error.line, error.column) == (message, position, line, column)
            assert str(error) == f"{message}: line {line} column {column}"
            assert isinstance(error, ValueError)
            assert pickle.loads(pickle.dumps(error)).args == error.args  # noqa: S301 - our own


def test_a_place_is_where_json_says_it_is() -> None:
    for text in ('{"ä": 1 "b"}', "[1 2]", '["é", é]', '{"a" 1}', "[1]\n2"):
        with pytest.raises(json.JSONDecodeError) as own:
            json.loads(text)
        with pytest.raises(JSONError) as caught:
            loads(text)
        assert (caught.value.position, caught.value.line, caught.value.column) == (
            own.value.pos,
            own.value.lineno,
            own.value.colno,
        )


def test_bytes_that_are_no_utf8_have_their_place() -> None:
    with pytest.raises(JSONError, match="invalid UTF-8: line 2 column 3") as caught:
        loads(b'["\xc3\xa4",\n "\xff"]')
    assert caught.value.position == 8
    with pytest.raises(UnicodeEncodeError):
        loads('"\ud800"')


@pytest.mark.parametrize("wrong", [None, 1, ["1"], memoryview(b"1")])
def test_what_is_no_text_is_refused(wrong: object) -> None:
    with pytest.raises(TypeError):
        loads(wrong)  # type: ignore[arg-type]


def test_depth_has_an_end() -> None:
    assert loads("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    for text in ("[" * 1_000_000, '{"a":' * 1_000_000):
        with pytest.raises(JSONError, match="levels"):
            loads(text)


@pytest.mark.skipif(not hasattr(sys, "set_int_max_str_digits"), reason="this Python has no limit")
def test_python_s_limit_on_integers_holds() -> None:
    with pytest.raises(ValueError, match="xceeds the limit"):
        loads("9" * 10_000)


def test_the_last_of_two_keys_counts() -> None:
    text = '{"a": 1, "a": 2, "\\u0061": 3}'
    assert loads(text) == json.loads(text) == {"a": 3}
    assert Document(text).get("/a") == 3


def test_equal_keys_are_one_object() -> None:
    first, second = loads('[{"name": 1}, {"name": 2}]')
    assert next(iter(first)) is next(iter(second))


def test_a_document_is_parsed_where_one_looks() -> None:
    document = Document(b'{"items": [{"id": 1, "tags": ["a", "b"]}], "x/y": null, "n": 1.50}')
    assert document.get("/items/0/tags") == ["a", "b"]
    assert document.get("/items/0")["id"] == 1
    assert document.get("/items/1", "none") == "none"
    assert document.get("/none") is None
    assert document.get("/x~1y", "default") is None
    assert document.raw("/n") == "1.50"
    assert document.raw("/none") is None
    assert document.get() == json.loads(document.raw() or "")


def test_a_document_keeps_its_bytes_and_copies_nothing() -> None:
    data = b'["' + b"x" * 100_000 + b'"]'
    before = sys.getrefcount(data)
    document = Document(data)
    assert sys.getrefcount(data) == before + 1
    assert sys.getsizeof(document) < 1_000
    del document
    assert sys.getrefcount(data) == before


def test_a_document_does_not_follow_its_bytearray() -> None:
    data = bytearray(b"[1]")
    document = Document(data)
    data[:] = b"oops, no JSON"
    assert document.get("/0") == 1


def test_errors_leave_nothing_behind() -> None:
    text = json.dumps([{"key": ["value"] * 100}] * 100)[:-1]
    gc.collect()
    before = len(gc.get_objects())
    for _ in range(100):
        with pytest.raises(JSONError):
            loads(text)
    gc.collect()
    assert len(gc.get_objects()) < before + 1_000


def test_threads_parse_the_same_document() -> None:
    document = Document(json.dumps({str(number): number for number in range(1_000)}))
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(document.get, (f"/{number}" for number in range(1_000)))) == list(range(1_000))


def test_floats_are_exact() -> None:
    for text in ("0.1", "1e23", "5e-324", "2.2250738585072011e-308", "-1.5E+3"):
        assert loads(text) == float(text)
    assert math.copysign(1.0, loads("-0.0")) == -1.0
