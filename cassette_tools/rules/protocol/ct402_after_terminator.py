"""CT402: after-terminator."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule, answer_route


class AfterTerminator(Rule):
    """Something behind the last word of a stream.

    ## What it does

    Reports events that follow `data: [DONE]`, or what ends the streams of other APIs, such as `message_stop`. Behind
    `interaction.completed`, Gemini's Interactions have their `[DONE]`.

    ## Why it matters

    Clients stop reading there: what follows is lost to them. Two streams were joined, or events were moved.

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
          data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}

          data: [DONE]

          data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}

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

    code = "CT402"
    name = "after-terminator"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """The first event behind the terminator; one is enough."""
        for irregularity in transcript.irregularities:
            if irregularity.kind is Kind.AFTER_TERMINATOR and transcript.protocol:
                word = transcript.protocol.terminator
                message = f"event {irregularity.event} comes after '{word}': clients do not read it"
                yield Problem(message, answer_route(interaction, transcript, irregularity))
                return
