"""The formats that are read, in the order in which they are tried."""

from cassette_tools.formats.base import Format, Unreadable, resembles_cassette
from cassette_tools.formats.go_vcr import GoVcr
from cassette_tools.model import Cassette
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence

FORMATS: tuple[Format, ...] = (GoVcr(),)


def read(root: Node | None) -> Cassette | Unreadable:
    """Build the model of a document, or say why it is not read as a cassette."""
    if root is None or (isinstance(root, Scalar) and root.kind == "null"):
        return Unreadable("the file is empty", "", resembles=False)
    if isinstance(root, Mapping):
        for candidate in FORMATS:
            if candidate.recognises(root):
                version = candidate.version(root)
                if version in candidate.versions:
                    return candidate.load(root)
                known = " and ".join(map(str, candidate.versions))
                stated = "no version" if version is None else f"version {version}"
                reason = f"a {candidate.name} cassette that states {stated}; versions {known} can be read"
                return Unreadable(reason, candidate.name, resembles=True)
    return Unreadable(_describe(root), "", resembles=resembles_cassette(root))


def _describe(root: Node) -> str:
    if isinstance(root, Scalar):
        return "not a cassette: a single value"
    if isinstance(root, Sequence):
        return "not a cassette: a list"
    if resembles_cassette(root):
        return "looks like a cassette, but of no format that can be read"
    return "not a cassette: a mapping without interactions"
