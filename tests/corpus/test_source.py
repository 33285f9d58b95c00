"""Over real recordings: every scalar is mapped onto its characters, and both parsers give the same nodes."""

import os
from pathlib import Path
from typing import Any

import pytest

from cassette_tools.source import document
from cassette_tools.source.document import Document, parse
from cassette_tools.source.nodes import Scalar, walk
from cassette_tools.source.scalar import scalar_map

pytestmark = pytest.mark.corpus

_CORPUS = os.environ.get("CASSETTE_CORPUS")
_FOLDERS = sorted(path.name for path in Path(_CORPUS).iterdir() if path.is_dir()) if _CORPUS else ["."]


def _files(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml"))
    assert files, f"no cassettes below {folder.name}"
    return files


@pytest.mark.parametrize("name", _FOLDERS)
def test_every_scalar_is_mapped_onto_its_characters(corpus: Path, name: str) -> None:
    for path in _files(corpus / name):
        file = parse(path.read_bytes())
        assert file.root is not None, f"{path}: {file.defects}"
        text = file.text
        for scalar in walk(file.root):
            if not isinstance(scalar, Scalar):
                continue
            place = f"{path}:{file.position(scalar.start)[0]}"
            found = scalar_map(text, scalar)
            assert found.value == scalar.value, place
            covered, behind = 0, scalar.start
            for run in found.runs:
                assert run.value == covered, place
                assert behind <= run.start < run.end <= scalar.end, place
                if run.length > 1 and run.length == run.end - run.start:
                    verbatim = text.startswith(found.value[run.value : run.value + run.length], run.start)
                    assert verbatim, place
                covered, behind = run.value + run.length, run.end
            assert covered == len(scalar.value), place


def _described(file: Document) -> list[tuple[Any, ...]]:
    return [
        (type(node).__name__, node.tag, node.start, node.end)
        + ((node.value, node.style) if isinstance(node, Scalar) else ())
        for node in (walk(file.root) if file.root else ())
    ]


def test_the_parser_in_python_gives_the_same_nodes(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = [path for path in _files(corpus) if path.stat().st_size < 30_000]
    for path in small[::40]:
        data = path.read_bytes()
        first = parse(data)
        with monkeypatch.context() as patch:
            patch.setattr(document, "_events", document._pure_events)
            second = parse(data)
        assert second.defects == first.defects, path
        assert _described(second) == _described(first), path
