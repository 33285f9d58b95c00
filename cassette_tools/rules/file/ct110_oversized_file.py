"""CT110: oversized-file."""

from collections.abc import Iterable
from operator import itemgetter
from typing import ClassVar

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Cassette, Route
from cassette_tools.rules.base import Rule
from cassette_tools.source.document import Document

_SHOWN = 3


class OversizedFile(Rule):
    """A cassette that is larger than a repository likes.

    ## What it does

    Reports a cassette of more than `max-size` bytes, unpacked, and names its biggest bodies.

    ## Why it matters

    Every version of a recording stays in the history for ever, is cloned by everybody, and is read by every test that
    uses it. Most of a large one is in a body or two: a picture, an archive, a list that could be asked for in pages.

    ## Example

    ```yaml
    # A recording of 6 MB of which 5.8 MB are one picture in base64.
    ```

    ## Use instead

    ```yaml
    # The same test with a picture of a few pixels.
    ```

    ## Configuration

    `max-size`: bytes, 5,000,000 if nothing is said. `severity`.
    """

    code = "CT110"
    name = "oversized-file"
    severity = Severity.WARNING
    since = "0.1.0"
    defaults: ClassVar = {"max-size": 5_000_000}

    def check_cassette(self, cassette: Cassette, document: Document) -> Iterable[Problem]:
        """One finding, for the file as a whole."""
        size = document.size
        if size <= self.integer("max-size"):
            return
        bodies = [
            (message.body.size, str(Route(message.body.path)))
            for interaction in cassette.interactions
            for message in (interaction.request, interaction.response)
        ]
        biggest = sorted(bodies, key=itemgetter(0), reverse=True)[:_SHOWN]
        named = ", ".join(f"{route} ({length:,} bytes)" for length, route in biggest if length)
        said = f"; its biggest bodies: {named}" if named else ""
        yield Problem(f"the file has {size:,} bytes{said}", Route(file_span=(0, 0)))
