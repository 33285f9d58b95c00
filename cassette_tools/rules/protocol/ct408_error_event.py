"""CT408: error-event."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule, answer_route
from cassette_tools.text import printable


class ErrorEvent(Rule):
    """A stream in which the provider reports an error.

    ## What it does

    Reports chunks that carry an `error` object, and events of the type `error`.

    ## Why it matters

    An overload or a refused request was recorded by accident as often as on purpose, and the status is 200 all the
    same. Nothing is malformed: if the test wants the error, keep it.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        code: 200
        headers: {Content-Type: [text/event-stream]}
        body: |+
          data: {"error":{"message":"Overloaded"}}

          data: [DONE]

    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        code: 200
        headers: {Content-Type: [text/event-stream]}
        body: |+
          data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}

          data: [DONE]

    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT408"
    name = "error-event"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """The errors that the stream carries."""
        for irregularity in transcript.irregularities:
            if irregularity.kind is Kind.ERROR:
                said = f": {printable(irregularity.detail, 80)}" if irregularity.detail else ""
                message = f"the provider reports an error in the stream{said}"
                yield Problem(message, answer_route(interaction, transcript, irregularity))
