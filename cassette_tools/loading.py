"""From a file to the model, for everything that cannot work on a file that is no cassette."""

import os

from cassette_tools.errors import CassetteToolsError
from cassette_tools.formats.base import Unreadable, head_resembles_cassette, may_be_cassette
from cassette_tools.formats.registry import read
from cassette_tools.model import Cassette, Source
from cassette_tools.source import files
from cassette_tools.source.document import Document
from cassette_tools.source.parse import parse
from cassette_tools.text import printable

_FATAL = ("syntax", "conflict")
_FORMATS = "`cassette-tools formats` lists what can be read"


class LoadError(CassetteToolsError):
    """A file that cannot be read as a cassette.

    Args:
        message: What is wrong with it, behind its name.
        hint: What to do about it.
        resembles: Whether it looks like a cassette all the same: it is then never passed over in silence.
    """

    def __init__(self, message: str, hint: str = "", *, resembles: bool = True) -> None:
        super().__init__(message, hint)
        self.resembles = resembles


def load(path: str | os.PathLike[str]) -> Cassette:
    """Read a cassette from a file.

    Raises:
        LoadError: The file cannot be read, or is no cassette that can be.
    """
    try:
        data = files.read(path)
    except files.UnreadableError as error:
        raise LoadError(f"{os.fspath(path)}: {error}") from error
    return load_bytes(data, os.fspath(path))


def load_bytes(data: bytes, name: str) -> Cassette:
    """Read a cassette from the content of a file.

    Args:
        data: The content.
        name: What the file is called; JSON is told from YAML by how the name ends.

    Raises:
        LoadError: It is no cassette that can be read.
    """
    return load_document(data, name)[1]


def load_document(data: bytes, name: str) -> tuple[Document, Cassette]:
    """The same, with the document that the cassette was read from."""
    if not may_be_cassette(data):
        raise LoadError(f"{name}: not a cassette: it holds no interactions", _FORMATS, resembles=False)
    document = parse(data, name)
    for defect in document.defects:
        if defect.kind in _FATAL or document.root is None:
            line, column = document.position(defect.start)
            what = "a merge conflict" if defect.kind == "conflict" else printable(defect.message, 200)
            resembles = head_resembles_cassette(document.text)
            raise LoadError(
                f"{name}:{line}:{column}: {what}", "`cassette-tools lint` shows the place", resembles=resembles
            )
    outcome = read(document.root)
    if isinstance(outcome, Unreadable):
        raise LoadError(f"{name}: {outcome.reason}", _FORMATS, resembles=outcome.resembles)
    outcome.source = Source(data, name)
    return document, outcome
