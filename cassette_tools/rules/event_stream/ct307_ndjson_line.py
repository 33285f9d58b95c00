"""CT307: ndjson-line."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule, answer_route


class NdjsonLine(Rule):
    """A line of newline-delimited JSON that is not JSON.

    ## What it does

    Reads every line that is not blank of an answer with a type such as `application/x-ndjson` or `application/jsonl`,
    in which each line is a JSON text of its own, or of one that has JSON's type, or none, and starts with two lines of
    an object each. A stream of a protocol that is not known is checked if its first line
    is a JSON object.

    ## Why it matters

    Clients parse line by line and fail at this one; what follows is lost. It is the sign of an edit, of a formatter
    that wrapped or indented the JSON, or of a stream that was cut within a line.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "http://localhost:11434/api/chat", method: POST}
      response:
        code: 200
        headers: {Content-Type: [application/x-ndjson]}
        body: |
          {"model":"m","message":{"role":"assistant","content":"Hi"},"done":false}
          {"model":"m","message":{"role":"assistant","content":"!"}"done":false}
          {"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "http://localhost:11434/api/chat", method: POST}
      response:
        code: 200
        headers: {Content-Type: [application/x-ndjson]}
        body: |
          {"model":"m","message":{"role":"assistant","content":"Hi"},"done":false}
          {"model":"m","message":{"role":"assistant","content":"!"},"done":false}
          {"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop"}
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT307"
    name = "ndjson-line"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """The lines that could not be parsed."""
        if transcript.framing != "ndjson":
            return
        for irregularity in transcript.irregularities:
            if irregularity.kind is Kind.NOT_JSON:
                message = f"the line of event {irregularity.event} is not JSON: {irregularity.detail}"
                yield Problem(message, answer_route(interaction, transcript, irregularity))
