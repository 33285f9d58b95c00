"""CT109: interaction-id."""

from collections.abc import Iterable

from cassette_tools.finding import Fix, Problem, Severity
from cassette_tools.model import Cassette, Edit, Route
from cassette_tools.rules.base import Rule
from cassette_tools.source.document import Document


class InteractionId(Rule):
    """Interactions that are not numbered from 0 without gaps.

    ## What it does

    Reports the first interaction whose `id` is not its position in the list, in formats that number them (go-vcr 2).

    ## Why it matters

    go-vcr numbers from 0 without gaps when it writes. Another order says that the file was merged, cut or edited by
    hand.

    `lint --fix` numbers the interactions in the order in which they stand.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 3
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
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

    code = "CT109"
    name = "interaction-id"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_cassette(self, cassette: Cassette, document: Document) -> Iterable[Problem]:
        """The first number that is off; those behind it are off with it."""
        off = [
            interaction
            for interaction in cassette.interactions
            if interaction.recorded_id is not None and interaction.recorded_id != interaction.index
        ]
        if off:
            first = off[0]
            message = f"interaction {first.index} has the id {first.recorded_id}: ids count from 0 without gaps"
            edits = tuple(Edit((*each.path, "id"), 0, None, str(each.index)) for each in off)
            fix = Fix("number the interactions from 0", safe=True, edits=edits)
            yield Problem(message, Route((*first.path, "id")), fix=fix)
