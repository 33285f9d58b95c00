"""The texts of a stream that came in fragments, and the way back to the events that carried them."""

import functools
from collections.abc import Callable, Iterator

from cassette_tools.model import Interaction, Path, Route
from cassette_tools.protocols import registry
from cassette_tools.protocols.message import Fragments, Message, Origin
from cassette_tools.protocols.registry import Transcript, events
from cassette_tools.secrets.columns import Columns, text_of_bytes
from cassette_tools.secrets.views import Mapped, Packed, TextChange, View, base64_view, json_spelling
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence
from cassette_tools.wire.event import Event

_ABOVE_ALL = 1000
"""A depth that no chain of codings reaches."""


class Joined(View):
    """A text put together from its fragments.

    Args:
        text: The whole text.
        make_fragments: Tells where its parts came from: asked for when something was found in it.
        stream: The events.
    """

    __slots__ = ("_fragments", "_make_fragments", "_stream")

    def __init__(self, text: str, make_fragments: Callable[[], Fragments], stream: "Stream") -> None:
        super().__init__(text, None)
        self.depth = _ABOVE_ALL
        self._make_fragments = make_fragments
        self._fragments: Fragments | None = None
        self._stream = stream

    @property
    def fragments(self) -> Fragments:
        """Where its parts came from."""
        if self._fragments is None:
            self._fragments = self._make_fragments()
        return self._fragments

    def lower(self, changes: list[TextChange]) -> list[tuple[View, TextChange]]:
        """The new text in the first fragment that it concerns; what the others have of the old one goes."""
        result: list[tuple[View, TextChange]] = []
        for start, end, text in changes:
            left = text
            for origin in self.fragments.origins(start, end):
                target = self._stream.string(origin)
                if target is not None:
                    result.append((target, TextChange(origin.start, origin.end, left)))
                    left = ""
        return result

    def route(self, start: int, end: int) -> Route:
        """Where the first fragment of it is."""
        for origin in self.fragments.origins(start, end):
            target = self._stream.string(origin)
            if target is not None:
                return target.route(origin.start, origin.end)._replace(event=origin.event)
        return self._stream.interaction.response.body.route()

    def grounds(self, start: int, end: int) -> list[tuple[View, int, int]]:
        """Those of the fragments."""
        targets = [(self._stream.string(origin), origin) for origin in self.fragments.origins(start, end)]
        found = [target.ground(origin.start, origin.end) for target, origin in targets if target is not None]
        return found or [(self, start, end)]

    def events(self, start: int, end: int) -> tuple[int, ...]:
        """The numbers of the events that carried some characters."""
        return tuple(origin.event for origin in self.fragments.origins(start, end) if origin.event is not None)


class Stream:
    """The events of a response, as texts that can be changed; each is decoded when it is asked for.

    Args:
        interaction: The interaction.
        transcript: What reading its response gave.
        body: The view of the body: of its bytes where frames of bytes frame the events.
    """

    def __init__(self, interaction: Interaction, transcript: Transcript, body: View | None) -> None:
        self.interaction = interaction
        self._transcript = transcript
        self._body = body
        self._columns: Columns | None = None
        self._events: dict[int | None, View] | None = None
        self._strings: dict[tuple[int | None, Path], View | None] = {}
        self._roots: dict[View, Node | None] = {}

    def texts(self, columns: Columns | None = None) -> Iterator[Joined]:
        """The texts that came in more than one fragment: those of the message, then whatever else its events carry.

        Args:
            columns: The strings of the events, if they have been collected when the stream was read.
        """
        message = self._transcript.message
        known: dict[str, list[tuple[int | str | None, ...]]] = {}
        for fragments in _texts(message) if message is not None else ():
            if fragments.number > 1:
                known.setdefault(fragments.text, []).append(_first(fragments))
                yield Joined(fragments.text, functools.partial(_same, fragments), self)
        if columns is None and self._columns is None:
            self._columns = Columns()
            registry.read(self.interaction, self._columns.add)
        for text in (columns or self._columns or Columns()).texts():
            if text.string not in known or text.first not in known[text.string]:
                yield Joined(text.string, text.fragments, self)

    def frames(self) -> Iterator[View]:
        """The payloads of a stream that is framed in bytes."""
        self._event(None)
        for number, view in (self._events or {}).items():
            if number is not None:
                yield view

    def string(self, origin: Origin) -> View | None:
        """The string of an event's JSON that carried a fragment; None where it came as no string."""
        key = (origin.event, origin.path)
        if key not in self._strings:
            view = self._event(origin.event)
            self._strings[key] = self._string_at(view, origin.path) if view is not None else None
        return self._strings[key]

    def _event(self, number: int | None) -> View | None:
        if self._events is None:
            self._events = {}
            above = self._body
            is_binary = self._transcript.framing == "aws-event-stream"
            body = self.interaction.response.body
            if above is not None and is_binary and isinstance(body.raw, str) and not body.bytewise:
                above = _as_bytes(above)
            if above is not None and (is_binary or above.text == body.text):
                self._events[None] = above
                again = Transcript(self.interaction, self._transcript.framing)
                for event in events(self.interaction, again):
                    self._events[event.number] = _frame(above, event) if is_binary else _data(above, event)
        return self._events.get(number)

    def _string_at(self, view: View, path: Path) -> View | None:
        if view not in self._roots:
            from cassette_tools.source import json_document

            self._roots[view] = json_document.parse(view.text.encode("utf-8", "surrogatepass")).root
        node = self._roots[view]
        if not path:
            return view if not isinstance(node, Scalar) or not node.style else _string(view, node)
        for number, step in enumerate(path):
            if isinstance(node, Mapping) and isinstance(step, str):
                node = node.get(step)
            elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
                node = node.items[step]
            elif isinstance(node, Scalar) and node.style:
                inner = _base64_in(view, node)
                return self._string_at(inner, path[number:]) if inner is not None else None
            else:
                return None
        if isinstance(node, Sequence):
            return _numbers(view, node)
        return _string(view, node) if isinstance(node, Scalar) and node.style else None


def _numbers(view: View, node: Sequence) -> View | None:
    """The text of a list of bytes."""
    text = text_of_bytes(
        [int(item.value) for item in node.items if isinstance(item, Scalar) and item.value.isdecimal()]
    )
    if len(text) != len(node.items):
        return None
    return Packed(view, node.start, node.end, text, "bytes", lambda new: str(list(new.encode("latin-1", "replace"))))


def _base64_in(view: View, node: Scalar) -> View | None:
    """The text that a string holds as base64."""
    for inner in view.inner:
        if isinstance(inner, Packed) and (inner.start, inner.end) == (node.start + 1, node.end - 1):
            return inner
    return base64_view(_string(view, node))


def _string(view: View, node: Scalar) -> View:
    from cassette_tools.source.scalar import scalar_map

    made = scalar_map(view.text, node)
    return Mapped(view, made.value, lambda: made, "", json_spelling)


def _same(fragments: Fragments) -> Fragments:
    return fragments


def _first(fragments: Fragments) -> tuple[int | str | None, ...]:
    """What tells the place of a text."""
    return next(((origin.event, *origin.path) for origin in fragments.origins(0, len(fragments.text))), ())


def _texts(message: Message) -> Iterator[Fragments]:
    for choice in message.choices:
        yield choice.text
        yield choice.reasoning
        yield choice.refusal
        for call in choice.tool_calls:
            yield call.arguments


def _data(body: View, event: Event) -> View:
    """The data of an event of a text: one line of it, or several."""

    def pieces() -> Iterator[tuple[str, int, int]]:
        behind = -1
        for start, end in event.pieces:
            if behind >= 0:
                yield "\n", behind, start
            yield body.text[start:end], start, end
            behind = end

    from cassette_tools.source.scalar import mapped

    made = mapped(pieces(), event.end)
    return Mapped(body, made.value, lambda: made, "", str)


def _as_bytes(body: View) -> View:
    """Bytes that happen to be a text and were recorded as one, one character each."""
    # Other checksums may be no text: then the file says something else than is intended, and is not written.
    return Packed(
        body, 0, len(body.text), body.text.encode("utf-8", "surrogatepass").decode("latin-1"), "",
        lambda text: text.encode("latin-1").decode("utf-8", "replace"),
    )  # fmt: skip


def _frame(body: View, event: Event) -> View:
    """The payload of a frame: with another one it has other lengths and checksums."""
    frame = body.text[event.start : event.end].encode("latin-1")

    def pack(text: str) -> str:
        from cassette_tools.wire import aws_eventstream

        payload = text.encode("utf-8", "surrogatepass")
        return aws_eventstream.replace_payloads(frame, {0: payload}).decode("latin-1")

    return Packed(body, event.start, event.end, event.data, "event stream", pack)
