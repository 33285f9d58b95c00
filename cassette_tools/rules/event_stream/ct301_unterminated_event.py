"""CT301: unterminated-event."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule
from cassette_tools.text import printable


class UnterminatedEvent(Rule):
    """An event stream whose last event is not ended by a blank line.

    ## What it does

    Reports the event that the event-stream standard drops because the stream ends before the blank line that would
    dispatch it. A stream that is one JSON array (Gemini's without `alt=sse`) has to close the array.

    ## Why it matters

    A client that follows the standard never sees the event, others do: the recording behaves differently with each. It
    is a sure sign of an edit, a reformatter, or a stream that was cut; recorders write the blank line. In YAML it is
    lost when a body's `|+` becomes `|`.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        code: 200
        headers: {Content-Type: [text/event-stream]}
        body: |
          data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}

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

    This rule has no settings.
    """

    code = "CT301"
    name = "unterminated-event"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """The event that was left over at the end of the stream."""
        for defect in transcript.defects:
            if defect.kind in ("unterminated", "unclosed"):
                message = f"no blank line ends the last event ('{printable(defect.text, 40)}'): the standard drops it"
                if defect.kind == "unclosed":
                    message = "nothing closes the JSON array that the stream is"
                yield Problem(message, interaction.response.body.route(defect.start, defect.end, event=defect.event))
