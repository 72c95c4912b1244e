"""The symbols of a wheel as columns: a wheel has hundreds, and as rows they would be most of what a worker returns.

A worker packs them, so that the command, which waits for all workers, neither reads nor converts them one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence

from .schema import schemas

if TYPE_CHECKING:
    import pyarrow as pa

TABLE = "symbols"


def pack(symbols: Sequence[Mapping[str, Any]], common: Mapping[str, Any]) -> bytes:
    """Return rows of the table as an Arrow stream; ``common`` has the columns in which they are alike."""
    import pyarrow as pa  # noqa: PLC0415 - only monowheel[fleet] has it

    schema = schemas()[TABLE]
    arrays = [
        pa.repeat(pa.scalar(common[column.name], column.type), len(symbols))
        if column.name in common
        else pa.array([symbol[column.name] for symbol in symbols], column.type)
        for column in schema
    ]
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as stream:
        stream.write_table(pa.Table.from_arrays(arrays, schema=schema))
    packed: bytes = sink.getvalue().to_pybytes()
    return packed


def unpack(packed: Iterable[bytes]) -> pa.Table:
    """Return the rows of all wheels in one table."""
    import pyarrow as pa  # noqa: PLC0415 - only monowheel[fleet] has it

    tables = [pa.ipc.open_stream(each).read_all() for each in packed]
    return pa.concat_tables([schemas()[TABLE].empty_table(), *tables])
