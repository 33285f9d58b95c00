"""CT405: sequence-gap."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule, answer_route
from cassette_tools.text import printable


class SequenceGap(Rule):
    """Numbered events of which some are missing, or are not in order.

    ## What it does

    Compares the `sequence_number` of each event of a Responses stream with that of the event before it. A stream that
    was resumed may start at any number; one whose host numbers nothing, or gives every event the same number, is
    passed over.

    ## Why it matters

    The events that are missing carried a piece of the answer: the recording was shortened by hand, or badly merged.

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

          data: {"type":"response.completed","sequence_number":3,"response":{"id":"resp_1","status":"completed"}}

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

    code = "CT405"
    name = "sequence-gap"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """The events with another number than the one that was due."""
        for irregularity in transcript.irregularities:
            if irregularity.kind is Kind.SEQUENCE_GAP:
                due, _, found = irregularity.detail.partition("\n")
                message = (
                    f"event {irregularity.event} has the number {printable(found, 40)}, {printable(due, 40)} was due"
                )
                yield Problem(
                    f"{message}: events are missing, repeated or not in order",
                    answer_route(interaction, transcript, irregularity),
                )
