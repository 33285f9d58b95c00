"""CT109: interaction-id."""

from collections import Counter
from collections.abc import Iterable

from cassette_tools.finding import Fix, Problem, Severity
from cassette_tools.model import Cassette, Edit, Interaction, Route
from cassette_tools.rules.base import Rule
from cassette_tools.source.document import Document
from cassette_tools.source.nodes import Scalar, find


class InteractionId(Rule):
    """Interactions that are not numbered from 0 without gaps.

    ## What it does

    Reports the first interaction whose `id` is not its position in the list, in formats that number them (go-vcr 2).
    One that is left out counts as 0, as it does to go-vcr.

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
        if not off:
            return
        first = off[0]
        what = (
            f"the id {first.recorded_id}" if _id(document, first) else f"no id, which is {first.recorded_id} to go-vcr"
        )
        message = f"interaction {first.index} has {what}: ids count from 0 without gaps"
        yield Problem(message, Route((*first.path, "id")), fix=_fix(cassette, document, off))


def _id(document: Document, interaction: Interaction) -> Scalar | None:
    """The number as it stands in the file; None where it is left out."""
    node = find(document.root, (*interaction.path, "id")) if document.root else None
    return None if not isinstance(node, Scalar) or node.is_null else node


def _fix(cassette: Cassette, document: Document, off: list[Interaction]) -> Fix | None:
    """The numbers that are off, written anew; None where one is not there, or is another one's by alias."""
    nodes = Counter(id(_id(document, interaction)) for interaction in cassette.interactions)
    for interaction in off:
        node = _id(document, interaction)
        if node is None or nodes[id(node)] > 1:
            return None
    edits = tuple(Edit((*each.path, "id"), 0, None, str(each.index)) for each in off)
    return Fix("number the interactions from 0", safe=True, edits=edits)
