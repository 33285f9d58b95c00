"""CT207: content-type."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction, Response, Route
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule
from cassette_tools.text import printable


class ContentType(Rule):
    """A Content-Type that the body contradicts.

    ## What it does

    Reports responses with a status of 2xx that are called an event stream and are JSON or HTML, those that are called
    JSON and are an event stream, or one JSON object of a known protocol in each line, those that are called HTML and
    are the JSON of a known protocol, and those that are called HTML, plain text or bytes and are an event stream of
    JSON. JSON that reports an error under the type of a stream is CT209's; what is called JSON and is something else
    still is CT204's.

    ## Why it matters

    Clients choose by the header how they read the body: one that expects events finds none in a JSON object and
    returns nothing, one that expects JSON fails. Header and body come from different answers, or one was edited.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        code: 200
        headers: {Content-Type: [text/event-stream]}
        body: '{"object":"chat.completion","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}'
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: '{"object":"chat.completion","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}'
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT207"
    name = "content-type"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """The header of the response against its body."""
        response = interaction.response
        # Servers that fail often keep the type that the answer was to have.
        header = response.headers.find("content-type")
        if header is None or not response.media_type or not response.successful or not response.body.raw:
            return
        found = _found(response, transcript)
        if found:
            said = printable(header.value.partition(";")[0].strip(), 60)
            yield Problem(f"the response says it is {said}, but its body is {found}", Route(header.path))


def _found(response: Response, transcript: Transcript | None) -> str:
    """What the body is, if it is something else than the header says; empty where the header may be right."""
    media_type = response.media_type
    if media_type == "text/event-stream":
        return _instead_of_stream(response, transcript)
    if transcript is not None and transcript.framing == "event-stream":
        return "an event stream"
    if transcript is not None and transcript.framing == "ndjson":
        # Some services stream lines under this type, and their clients know; those of models read one document.
        is_wrong = media_type == "application/json" and transcript.protocol is not None
        return "a JSON object in each line" if is_wrong else ""
    if media_type != "text/html" or response.body.decoded.problem:
        return ""
    return "JSON" if transcript is not None and not transcript.framing and transcript.protocol else ""


def _instead_of_stream(response: Response, transcript: Transcript | None) -> str:
    failed = transcript is not None and transcript.message is not None and transcript.message.errors
    if failed or (transcript is not None and transcript.framing) or response.body.decoded.problem:
        return ""
    if response.body.text.lstrip().startswith("<"):
        return "HTML or XML"
    return "no event stream" if response.body.json() is None else "JSON"
