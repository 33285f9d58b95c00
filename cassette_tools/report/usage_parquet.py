"""What recordings used, as a Parquet file: a row an interaction, in row groups of a bounded size, by pyarrow."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from cassette_tools.errors import CassetteToolsError, OutputError
from cassette_tools.operations.usage.record import Record
from cassette_tools.protocols.usage import Usage
from cassette_tools.report.usage import FIELDS, record_value
from cassette_tools.source import files

_ROWS = 10_000
"""Rows of a row group: what is in memory at a time."""
_MOST_DOLLARS = 10**20
_WHOLE = ("interaction", "status", "tool_calls", *Usage._fields)


def write(records: Iterable[Record], file: str) -> None:
    """Write a file: all of it or nothing.

    Args:
        records: The records.
        file: Its path.

    Raises:
        CassetteToolsError: pyarrow is not installed.
        OutputError: The file cannot be written; it is as it was.
    """
    if files.is_stream(file):
        raise OutputError(f"{file!r} cannot be written: Parquet goes to a file, not to a pipe or a device")
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise CassetteToolsError(
            "pyarrow is not installed", "python -m pip install 'cassette-tools[parquet]'"
        ) from error
    kinds: dict[str, Any] = {
        **dict.fromkeys(_WHOLE, pa.int64()),
        "streamed": pa.bool_(),
        "seconds": pa.float64(),
        "recorded_at": pa.timestamp("ms", tz="UTC"),
        "units": pa.map_(pa.string(), pa.float64()),
        "cost": pa.decimal128(38, 18),
    }
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in FIELDS])
    left = map(_row, records)
    try:
        with files.replacement(file) as temporary, pq.ParquetWriter(temporary, schema) as writer:
            while rows := list(islice(left, _ROWS)):
                writer.write_table(pa.Table.from_pylist(rows, schema))
    except OSError as error:
        raise OutputError(f"{file!r} cannot be written: {(error.strerror or str(error)).lower()}") from error


def _row(one: Record) -> dict[str, Any]:
    """A record as the columns hold it: what they have no room for is not known."""
    value: dict[str, Any] = {
        name: held.encode("utf-8", "backslashreplace").decode() if isinstance(held, str) else held
        for name, held in record_value(one).items()
    }
    for name in _WHOLE:
        if value[name] is not None and abs(value[name]) >= 1 << 63:
            value[name] = None
    dollars = one.cost.dollars
    # As many digits as the column has; no price has more.
    value["cost"] = None if dollars is None or abs(dollars) >= _MOST_DOLLARS else round(dollars, 18)
    value["recorded_at"] = one.recorded_at
    value["units"] = list(value["units"].items())
    return value
