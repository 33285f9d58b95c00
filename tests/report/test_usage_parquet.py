"""A Parquet file of records, read back by another program."""

import os
import stat
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cassette_tools.errors import CassetteToolsError, OutputError
from cassette_tools.report import usage_parquet
from tests.conftest import Run
from tests.recordings import chat, streamed_chat


def _query(sql: str) -> list[tuple[Any, ...]]:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed: the extra `sdk` has it")
    found: list[tuple[Any, ...]] = duckdb.sql(sql).fetchall()
    return found


def test_duckdb_reads_what_was_written(call: Run, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: the extra `parquet` has it")
    text = chat(tokens=7).replace('\\"total_tokens\\": 10', '\\"total_tokens\\": 10, \\"cost\\": 0.00012')
    (tmp_path / "a.json").write_text(text)
    (tmp_path / "b.json").write_text(streamed_chat(["Hi"]))
    assert call("usage", "a.json", "b.json", "--format", "parquet", "-o", "out.parquet").returncode == 0
    file = tmp_path / "out.parquet"
    assert _query(f"select file, model, input, output, reasoning, cost, streamed from '{file}' order by file") == [
        ("a.json", "m-1", 3, 7, None, Decimal("0.00012"), False),
        ("b.json", "m-1", None, None, None, None, True),
    ]
    assert _query(f"select epoch(recorded_at) from '{file}' where file = 'b.json'") == [(1_700_000_000.0,)]


def test_many_records_are_written_in_groups(call: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: the extra `parquet` has it")
    monkeypatch.setattr(usage_parquet, "_ROWS", 2)
    for number in range(5):
        (tmp_path / f"{number}.json").write_text(chat(tokens=number))
    call("usage", ".", "--format", "parquet", "-o", "out.parquet", "-j", "1")
    assert _query(f"select sum(output), count(*) from '{tmp_path / 'out.parquet'}'") == [(10, 5)]
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix != ".json") == ["out.parquet"]


@pytest.mark.parametrize("number", ["9223372036854775808", "1e308", "1" + "0" * 5000])
def test_what_no_column_has_room_for_is_not_known(call: Run, tmp_path: Path, number: str) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed: the extra `parquet` has it")
    text = chat(tokens=7, more={"model": "m\ud800"})
    text = text.replace('\\"total_tokens\\": 10', f'\\"total_tokens\\": {number}, \\"cost\\": {number}')
    (tmp_path / "a.json").write_text(text)
    result = call("usage", "a.json", "--format", "parquet", "-o", "out.parquet")
    assert (result.returncode, result.stderr) == (0, "")
    (row,) = parquet.read_table(tmp_path / "out.parquet").to_pylist()
    assert (row["model"], row["output"], row["total"]) == ("m\\ud800", 7, None)


def test_without_a_file_or_a_place_for_one_it_is_an_error(call: Run, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed: the extra `parquet` has it")
    (tmp_path / "a.json").write_text(chat())
    assert "--format parquet goes to a file" in call("usage", "a.json", "--format", "parquet").stderr
    result = call("usage", "a.json", "--format", "parquet", "-o", "no/such/folder.parquet")
    assert (result.returncode, "cannot be written" in result.stderr) == (2, True)
    with pytest.raises(OutputError, match="cannot be written"):
        usage_parquet.write([], str(tmp_path / "no" / "x"))


def test_a_device_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (str(tmp_path / "pipe"), "/dev/stdout"):
        with pytest.raises(OutputError, match="not to a pipe or a device"):
            usage_parquet.write([], place)
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_without_pyarrow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(CassetteToolsError, match="pyarrow is not installed") as error:
        usage_parquet.write([], "x")
    assert "cassette-tools[parquet]" in error.value.hint
