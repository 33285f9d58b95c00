"""CT108: no-interactions."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.formats.registry import conforms
from cassette_tools.model import Cassette, Route
from cassette_tools.rules.base import Rule
from cassette_tools.source.document import Document


class NoInteractions(Rule):
    """A cassette without interactions.

    ## What it does

    Reports a recording whose list of interactions is empty.

    ## Why it matters

    It replays nothing: a test that passes with it makes no request, or the recorder was stopped before it wrote one.

    ## Example

    ```yaml
    version: 2
    interactions: []
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT108"
    name = "no-interactions"
    severity = Severity.INFO
    since = "0.1.0"

    def check_cassette(self, cassette: Cassette, document: Document) -> Iterable[Problem]:
        """Nothing in the list."""
        if not cassette.interactions and conforms(document.root, cassette.format_name):
            yield Problem("the cassette has no interactions", Route(("interactions",)))
