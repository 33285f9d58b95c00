"""CT212: empty-stream."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule
from cassette_tools.text import printable


class EmptyStream(Rule):
    """A stream without an event.

    ## What it does

    Reports responses with a status of 2xx that say they are a stream (`text/event-stream`,
    `application/vnd.amazon.eventstream`, `application/x-ndjson`) and have no event in it: the body is empty, or holds
    nothing but comments. Responses that have no body (to HEAD, 202, 204, 205, 304), and recordings that leave the body
    out, are passed over. Where no model is known to speak, a stream may well have nothing to say: only an empty body in
    the answer to a POST is told, as a warning.

    ## Why it matters

    The client read the stream before the recorder could, or hung up before it began. What is replayed is an answer
    that says nothing, and a test can pass with it.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response: {code: 200, headers: {Content-Type: [text/event-stream]}, body: ""}
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

    code = "CT212"
    name = "empty-stream"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """Whether a stream has an event at all."""
        if transcript is None or transcript.event_count or not transcript.framing or transcript.defects:
            return
        response = interaction.response
        body = response.body
        # A HAR leaves the text out when the browser has let go of it; what cannot be decoded is CT205's.
        if body.raw is None or body.decoded.problem:
            return
        if interaction.request.method.upper() == "HEAD" or response.code in (202, 204, 205):
            return
        is_empty = not body.text.strip()
        is_known = transcript.protocol is not None and transcript.protocol.name != "json-rpc"
        if not is_known and not (is_empty and interaction.request.method.upper() == "POST"):
            return
        what = "is empty" if is_empty else "holds no event"
        said = printable(response.headers.get("content-type").partition(";")[0].strip(), 60)
        yield Problem(
            f"the response says it is {said}, but its body {what}", body.route(), None if is_known else Severity.WARNING
        )
