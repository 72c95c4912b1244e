"""The class of each exception, its attributes and its causes."""

from __future__ import annotations

import errno
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Iterator, NoReturn

import pytest

from error_handling import MissingError, ParseError, Service, Settings, SettingsError

if TYPE_CHECKING:
    from pathlib import Path


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Walk from an exception to its causes."""
    while error is not None:
        yield error
        error = error.__cause__


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A file with a service in it."""
    path = tmp_path / "web.settings"
    path.write_text("host = a.example\nport = 80\n", encoding="utf-8")
    return path


def test_the_hierarchy_is_small() -> None:
    assert SettingsError.__bases__ == (Exception,)
    assert ParseError.__bases__ == MissingError.__bases__ == (SettingsError,)
    assert {kind.__module__ for kind in (SettingsError, ParseError, MissingError)} == {"error_handling"}


def test_a_wrong_line_is_told_with_its_number() -> None:
    with pytest.raises(ParseError, match="line 2: a setting is written") as caught:
        Settings.parse("a = 1\nb\n")
    assert caught.value.line == 2
    assert caught.value.__cause__ is None


def test_a_source_is_the_cause() -> None:
    with pytest.raises(ParseError, match="`port` has to be a number") as caught:
        Settings.parse("port = 80a").number("port")
    assert caught.value.line == 1
    cause = caught.value.__cause__
    assert type(cause) is ValueError
    assert str(cause) == "invalid digit found in string"


def test_what_is_missing_is_named() -> None:
    with pytest.raises(MissingError) as caught:
        Settings.parse("").text("host")
    assert caught.value.key == "host"


def test_the_system_s_error_keeps_its_number(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read") as caught:
        Settings.read(tmp_path / "none")
    assert type(caught.value) is SettingsError
    cause = caught.value.__cause__
    assert isinstance(cause, FileNotFoundError)
    assert cause.errno == errno.ENOENT


def test_a_service_is_loaded(service: Path) -> None:
    found = Service.load(service, lambda host: f"<{host}>")
    assert (found.address, found.port) == ("<a.example>", 80)
    assert found == Service.load(service, resolve=lambda _: "<a.example>")
    assert Service.load(service).address == "a.example"


def test_context_is_a_chain_and_does_not_change_the_class(service: Path) -> None:
    service.write_text("host = a.example\n", encoding="utf-8")
    with pytest.raises(MissingError) as caught:
        Service.load(service)
    assert [(type(error), str(error)) for error in causes(caught.value)] == [
        (MissingError, "the service `web` cannot start"),
        (MissingError, "it has no port to listen on"),
        (MissingError, "there is no `port`"),
    ]
    assert caught.value.key == "port", "on the outermost exception, the one that is caught"


def test_the_whole_chain_reaches_the_first_reason(service: Path) -> None:
    service.write_text("port = x", encoding="utf-8")
    with pytest.raises(ParseError) as caught:
        Service.load(service)
    assert [type(error) for error in causes(caught.value)] == [ParseError, ParseError, ParseError, ValueError]
    shown = "".join(traceback.format_exception(type(caught.value), caught.value, None))
    assert shown.count("The above exception was the direct cause") == 3


def test_what_a_callback_raises_comes_back_as_itself(service: Path) -> None:
    own = LookupError("no such host")

    def resolve(_host: str) -> NoReturn:
        raise own

    with pytest.raises(SettingsError, match="cannot start") as caught:
        Service.load(service, resolve)
    *_, context, last = causes(caught.value)
    assert str(context) == "the host `a.example` has no address"
    assert last is own
    assert [frame.name for frame in traceback.extract_tb(last.__traceback__)] == ["resolve"]


def test_a_callback_s_wrong_answer_is_a_cause_too(service: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        Service.load(service, lambda _: 1)  # type: ignore[arg-type, return-value]
    assert isinstance(list(causes(caught.value))[-1], TypeError)
    with pytest.raises(SettingsError) as caught:
        Service.load(service, lambda _: "")
    assert [str(error) for error in causes(caught.value)][-1] == "the address of `a.example` is empty"


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_what_stops_a_program_is_not_wrapped(service: Path, stop: type[BaseException]) -> None:
    def resolve(_host: str) -> NoReturn:
        raise stop

    with pytest.raises(stop):
        Service.load(service, resolve)


def test_threads_do_not_mix_their_errors() -> None:
    together = threading.Barrier(8)

    def lines(number: int) -> set[int]:
        together.wait(30)
        return {line_of("\n" * number + "x") for _ in range(200)}

    def line_of(text: str) -> int:
        with pytest.raises(ParseError) as caught:
            Settings.parse(text)
        return caught.value.line

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lines, range(8))) == [{number + 1} for number in range(8)]


def test_errors_do_not_keep_what_they_met(service: Path) -> None:
    host = object()
    before = sys.getrefcount(host)

    def resolve(_host: str) -> NoReturn:
        raise LookupError(host)

    for _ in range(100):
        with pytest.raises(SettingsError):
            Service.load(service, resolve)
    assert sys.getrefcount(host) < before + 50
