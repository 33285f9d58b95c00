"""CT303: event-not-json."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule, answer_route


class EventNotJson(Rule):
    """An event whose data is not JSON, in a stream of JSON.

    ## What it does

    Parses the data of every event of a stream whose protocol speaks JSON and reports the character at which it stops
    being JSON. Where no protocol is known but the first event is a JSON object, those that begin with a bracket have to
    be JSON.

    ## Why it matters

    The client fails in the middle of the answer. A lost or added character is enough, and nobody sees it in a diff.

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
          data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]

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

    code = "CT303"
    name = "event-not-json"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """The events that could not be parsed; lines of NDJSON are CT307's."""
        if transcript.framing == "ndjson":
            return
        for irregularity in transcript.irregularities:
            if irregularity.kind is Kind.NOT_JSON:
                message = f"the data of event {irregularity.event} is not JSON: {irregularity.detail}"
                yield Problem(message, answer_route(interaction, transcript, irregularity))
