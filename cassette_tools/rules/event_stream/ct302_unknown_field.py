"""CT302: unknown-field."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule
from cassette_tools.text import printable

_FIELDS = frozenset({"data", "event", "id", "retry"})


class UnknownField(Rule):
    """A line of an event stream whose field does not exist.

    ## What it does

    Reports lines whose field name is none of `data`, `event`, `id` and `retry`. An indented `data:` is one of them: the
    space is part of its name.

    ## Why it matters

    The standard ignores such a line without a word, and with it what it carries: a fragment of the answer, or an error
    that the provider reported.

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

            data: {"choices":[{"index":0,"delta":{"content":"!"},"finish_reason":"stop"}]}

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
          data: {"choices":[{"index":0,"delta":{"content":"Hi"}}]}

          data: {"choices":[{"index":0,"delta":{"content":"!"},"finish_reason":"stop"}]}

          data: [DONE]

    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT302"
    name = "unknown-field"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """The lines that the decoder had to ignore."""
        more = transcript.dropped.get("unknown-field", 0)
        for defect in transcript.defects:
            if defect.kind != "unknown-field":
                continue
            name = defect.text.strip(" \t\ufeff").lower()
            hint = f": did you mean '{name}', just so?" if name in _FIELDS else ""
            message = f"the field '{printable(defect.text, 40)}' does not exist, the line is ignored{hint}"
            route = interaction.response.body.route(defect.start, defect.end, event=defect.event)
            yield Problem(message, route, more=more)
            more = 0
