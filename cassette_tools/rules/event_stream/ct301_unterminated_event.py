"""CT301: unterminated-event."""

from collections.abc import Iterable

from cassette_tools import strict_json
from cassette_tools.finding import Fix, Problem, Severity
from cassette_tools.model import Body, Edit, Interaction
from cassette_tools.protocols.registry import TERMINATOR, Transcript
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

    `lint --fix --unsafe-fixes` adds the blank line where the event is whole; whether the answer is, nobody knows.

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

    `severity`, as for every rule.
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
                fix = _fix(interaction.response.body, transcript)
                if defect.kind == "unclosed":
                    message, fix = "nothing closes the JSON array that the stream is", None
                route = interaction.response.body.route(defect.start, defect.end, event=defect.event)
                yield Problem(message, route, fix=fix)


def _fix(body: Body, transcript: Transcript) -> Fix | None:
    """The line breaks that are missing; None where the event itself was cut, or where the file has no text to edit."""
    tail = transcript.tail
    if tail is None or not body.as_sent or not isinstance(body.raw, str):
        return None
    if tail.data != TERMINATOR:
        try:
            strict_json.loads(tail.data)
        except strict_json.JsonError:
            return None
    newline = "\r\n" if "\r\n" in body.raw else "\n"
    missing = newline if body.raw.endswith(("\n", "\r")) else newline * 2
    edit = Edit(body.path, len(body.raw), None, missing)
    return Fix("end the last event with a blank line", safe=False, edits=(edit,))
