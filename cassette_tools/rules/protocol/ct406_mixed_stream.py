"""CT406: mixed-stream."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule, answer_route
from cassette_tools.text import printable


class MixedStream(Rule):
    """Events of different answers in one stream.

    ## What it does

    Reports an event that names another answer than the one its stream began with, or starts an answer once more. It
    looks at protocols only in which the name stays the same throughout; the id of chat completions, for one, changes
    with several healthy gateways.

    ## Why it matters

    Two recordings were merged, or events were pasted from another one: no server has ever sent this stream.

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
          data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"in_progress"}}

          data: {"type":"response.completed","sequence_number":1,"response":{"id":"resp_2","status":"completed"}}

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
          data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_1","status":"in_progress"}}

          data: {"type":"response.completed","sequence_number":1,"response":{"id":"resp_1","status":"completed"}}

    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT406"
    name = "mixed-stream"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """The events of other answers."""
        for irregularity in transcript.irregularities:
            if irregularity.kind is Kind.MIXED:
                first, _, other = irregularity.detail.partition("\n")
                message = f"event {irregularity.event} belongs to the answer '{printable(other, 60)}'"
                message = f"{message}, the stream to '{printable(first, 60)}'"
                if first == other:  # or there are no ids
                    message = f"event {irregularity.event} starts an answer once more"
                yield Problem(message, answer_route(interaction, transcript, irregularity))
