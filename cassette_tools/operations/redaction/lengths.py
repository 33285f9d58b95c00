"""Lengths that a recording notes of a body: they follow it, where they fitted it before."""

from collections.abc import Iterator

from cassette_tools.model import Body, Cassette, Edit, Interaction, Message, Path
from cassette_tools.source.document import Document
from cassette_tools.source.nodes import Scalar, find


def changes(document: Document, cassette: Cassette, bodies: dict[Path, str | bytes]) -> list[Edit]:
    """The edits of all lengths of bodies that change.

    These are the header Content-Length, go-vcr's ``content_length``, and HAR's ``bodySize`` and ``content.size``: of
    the body as it is recorded, or of the body without its content codings, whichever of them it was. What is unknown
    (-1) stays so, and so does what has no body of its own: the length in an answer to HEAD, in a 204 and in a 304
    (RFC 9110, 8.6).

    Args:
        document: The file, as it was.
        cassette: What it says.
        bodies: The bodies that change, as ``Body.raw`` has them, by their paths.
    """
    edits: list[Edit] = []
    for interaction in cassette.interactions:
        for message in _with_bodies(interaction):
            raw = bodies.get(message.body.path)
            if raw is not None:
                edits += _of_message(document, message, raw)
    return edits


def _with_bodies(interaction: Interaction) -> Iterator[Message]:
    request, response = interaction.request, interaction.response
    yield request
    if request.method.upper() != "HEAD" and response.code not in (204, 304):
        yield response


def _of_message(document: Document, message: Message, raw: str | bytes) -> Iterator[Edit]:
    old = message.body
    new = Body(raw, old.path, message.headers, exact=old.exact, coded=old.coded, bytewise=old.bytewise)
    sizes = {str(len(old.data)): len(new.data), str(old.size): new.size}
    places = [header.path for header in message.headers if header.name.lower() == "content-length"]
    places += [message.paths[name] for name in ("content_length", "bodySize") if name in message.paths]
    places.append((*old.path[:-1], "size"))
    for path in dict.fromkeys(places):
        node = find(document.root, path) if document.root is not None else None
        if isinstance(node, Scalar) and str(sizes.get(node.value, node.value)) != node.value:
            yield Edit(path, 0, None, str(sizes[node.value]))
