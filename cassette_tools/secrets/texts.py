"""The texts of a recording, each as one view, however often it is asked for: changes of a text must come together."""

from cassette_tools.model import Body, Interaction, Path
from cassette_tools.protocols.registry import Transcript
from cassette_tools.secrets import views
from cassette_tools.secrets.messages import Stream
from cassette_tools.secrets.views import Recorded, View


class Texts:
    """Makes the views of a recording."""

    def __init__(self) -> None:
        self._values: dict[Path, View] = {}
        self._streams: dict[Path, Stream] = {}

    def value(self, text: str, path: Path) -> View:
        """The view of a value that is text."""
        view = self._values.get(path)
        if view is None:
            view = self._values[path] = Recorded(text, path)
        return view

    def has(self, path: Path) -> bool:
        """Whether there is a view of the value at a path."""
        return path in self._values

    def body(self, body: Body, *, binary: bool = False) -> View | None:
        """The view of a body, without its content codings; None when there is none. See ``views.of_body``."""
        view = self._values.get(body.path)
        if view is None:
            made = views.of_body(body, binary=binary)
            if made is None:
                return None
            view = self._values[body.path] = made
        return view

    def stream(self, interaction: Interaction, transcript: Transcript) -> Stream:
        """The events of a streamed response."""
        path = interaction.path
        if path not in self._streams:
            is_binary = transcript.framing == "aws-event-stream"
            body = self.body(interaction.response.body, binary=is_binary)
            self._streams[path] = Stream(interaction, transcript, body)
        return self._streams[path]
