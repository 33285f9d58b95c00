"""CT403: unfinished-message."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule, answer_route


class UnfinishedMessage(Rule):
    """An answer without a finish reason.

    ## What it does

    Reports each choice of a complete chat stream that never got a `finish_reason`, also where there is none at all,
    each candidate of Gemini's without one beside another that has one, and streams of Gemini's Interactions whose last
    event has the status of one that goes on. A stream that is cut is CT401's.

    ## Why it matters

    Clients decide by the finish reason what to do next: call a tool, go on, or stop. Without one some raise an error.

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
          data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}

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

    code = "CT403"
    name = "unfinished-message"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """The choices that were left open."""
        for irregularity in transcript.irregularities:
            if irregularity.kind is Kind.UNFINISHED:
                message = f"choice {irregularity.detail} never gets a finish reason"
                yield Problem(message, answer_route(interaction, transcript, irregularity))
