"""CT206: oversized-body."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule


class OversizedBody(Rule):
    """A body that unpacks to more than anyone wants.

    ## What it does

    Reports a coded body that unpacks to more than 64 MiB. It is decoded up to that and no further.

    ## Why it matters

    A megabyte of gzip can hold a gigabyte. Every tool that opens the recording pays for it, and a recording that is
    made to hurt looks like this.

    ## Example

    ```yaml
    # a response with `Content-Encoding: gzip` and a body of a megabyte that unpacks to a gigabyte
    ```

    ## Use instead

    ```yaml
    # record a smaller answer
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT206"
    name = "oversized-body"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """Both sides."""
        for side, message in (("request", interaction.request), ("response", interaction.response)):
            decoded = message.body.decoded
            if decoded.oversized:
                yield Problem(f"the {side}'s body {decoded.problem}", message.body.route())
