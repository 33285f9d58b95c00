"""CT401: missing-terminator."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule, answer_route


class MissingTerminator(Rule):
    """A stream without the last word of its protocol.

    ## What it does

    Reports a chat stream that ends without `data: [DONE]`, and those of other APIs without what ends theirs, such as
    `message_stop` or `interaction.completed`. Where a finish reason came it is a warning: some hosts never send the
    word. Where no finish reason came either, the stream is cut, and it is an error. Snowflake's `inference:complete`
    has neither, and is whole when it says what was used. A stream in which the provider reported an error ends where it
    ends, and is not reported here; one without any event is CT212's.

    ## Why it matters

    A cut stream is a test that passes on half an answer. Several SDKs accept it in silence.

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

    code = "CT401"
    name = "missing-terminator"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """What was missing when the stream ended."""
        if not transcript.event_count and not transcript.defects:
            return  # what has no event at all is CT212's
        protocol = transcript.protocol
        for irregularity in transcript.irregularities:
            route = answer_route(interaction, transcript, irregularity)
            if irregularity.kind is Kind.CUT:
                message = "the stream is cut: it ends without a finish reason"
                if protocol and protocol.terminator:
                    message = f"{message} and without '{protocol.terminator}'"
                yield Problem(message, route)
            elif irregularity.kind is Kind.NO_TERMINATOR and protocol:
                message = f"the stream ends without '{protocol.terminator}', although a finish reason came"
                yield Problem(message, route, Severity.WARNING)
