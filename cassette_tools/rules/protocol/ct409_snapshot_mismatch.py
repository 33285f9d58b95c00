"""CT409: snapshot-mismatch."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule, answer_route
from cassette_tools.text import printable


class SnapshotMismatch(Rule):
    """Fragments that do not add up to what the provider says they add up to.

    ## What it does

    Puts each text of a Responses stream together (answer, reasoning, arguments of tool calls) and compares the sum with
    every event that has the text whole: `….done`, `response.content_part.done`, `response.output_item.done` and
    `response.completed`. Then compares the items that were done with those of `response.completed`: whether each is
    there, and its type, name and `call_id`. A text or an item is reported once. Texts whose beginning is not in the
    stream, or from which numbered events are missing (CT405), are passed over, so are texts that came whole without
    being announced, reasoning where the answer was cut at a limit, and items where `response.completed` has none.

    ## Why it matters

    Clients differ in what they read, the fragments or the sum: one recording gives two answers. A fragment was lost, or
    one place was edited and the others were forgotten.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/responses", method: POST}
      response:
        code: 200
        headers: {Content-Type: [text/event-stream]}
        body: |+
          data: {"type":"response.created","response":{"id":"resp_1","status":"in_progress"}}

          data: {"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message"}}

          data: {"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hi"}

          data: {"type":"response.output_text.done","output_index":0,"content_index":0,"text":"Hi there"}

          data: {"type":"response.completed","response":{"id":"resp_1","status":"completed"}}

    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/responses", method: POST}
      response:
        code: 200
        headers: {Content-Type: [text/event-stream]}
        body: |+
          data: {"type":"response.created","response":{"id":"resp_1","status":"in_progress"}}

          data: {"type":"response.output_item.added","output_index":0,"item":{"id":"msg_1","type":"message"}}

          data: {"type":"response.output_text.delta","output_index":0,"content_index":0,"delta":"Hi there"}

          data: {"type":"response.output_text.done","output_index":0,"content_index":0,"text":"Hi there"}

          data: {"type":"response.completed","response":{"id":"resp_1","status":"completed"}}

    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT409"
    name = "snapshot-mismatch"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """The texts whose fragments add up to something else, and the items that are others."""
        for irregularity in transcript.irregularities:
            if irregularity.kind is Kind.SNAPSHOT:
                yield Problem(printable(irregularity.detail, 300), answer_route(interaction, transcript, irregularity))
