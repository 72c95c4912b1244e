"""Tests of the bindings."""

from cql import Consistency, Session, encode_frame


def test_a_session() -> None:
    session = Session("127.0.0.1")
    # session.close() is not called here
    assert session.execute("SELECT keyspace FROM t") == []
    session.batch([])
    assert len(session.execute("SELECT 1")) == 0


def test_frames() -> None:
    assert encode_frame(b"a") == b"a"
    assert Consistency.LOCAL_QUORUM != Consistency.ONE
