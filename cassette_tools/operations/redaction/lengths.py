"""Lengths that a recording notes of a body: they follow it, where they fitted it before."""

from collections.abc import Iterator

from cassette_tools.model import Cassette, Edit, Interaction, Message, Path
from cassette_tools.source.document import Document
from cassette_tools.source.nodes import Scalar, find


def changes(document: Document, cassette: Cassette, bodies: dict[Path, int]) -> list[Edit]:
    """The edits of all lengths of bodies that change.

    These are the header Content-Length, go-vcr's ``content_length``, and HAR's ``bodySize`` and ``content.size``. What
    is unknown (-1) stays so, and so does what has no body of its own: the length in an answer to HEAD, in a 204 and in
    a 304 (RFC 9110, 8.6).

    Args:
        document: The file, as it was.
        cassette: What it says.
        bodies: The new sizes in bytes of the bodies that change, by their paths.
    """
    edits = []
    for interaction in cassette.interactions:
        for message in _with_bodies(interaction):
            new = bodies.get(message.body.path)
            if new is not None and new != message.body.size:
                edits += [Edit(path, 0, None, str(new)) for path in _lengths(document, message)]
    return edits


def _with_bodies(interaction: Interaction) -> Iterator[Message]:
    request, response = interaction.request, interaction.response
    yield request
    if request.method.upper() != "HEAD" and response.code not in (204, 304):
        yield response


def _lengths(document: Document, message: Message) -> Iterator[Path]:
    """Where the size of the body stands."""
    places = [header.path for header in message.headers if header.name.lower() == "content-length"]
    places += [message.paths[name] for name in ("content_length", "bodySize") if name in message.paths]
    places.append((*message.body.path[:-1], "size"))
    for path in dict.fromkeys(places):
        node = find(document.root, path) if document.root is not None else None
        if isinstance(node, Scalar) and node.value == str(message.body.size):
            yield path
