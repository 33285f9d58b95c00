"""CT204: body-not-json."""

import re
from collections.abc import Iterable

from cassette_tools import strict_json
from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction, Message, Response
from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule
from cassette_tools.text import printable

_MARK = "\ufeff"
_GUARDS = (")]}'", ")]},", "while(1);", "while (1);", "for(;;);", "for (;;);")
"""What servers put in front of JSON, and clients take away."""
_CHUNK = re.compile(r"[0-9A-Fa-f]{1,8}\r\n")


class BodyNotJson(Rule):
    """A body that its Content-Type calls JSON, and that is not.

    ## What it does

    Parses bodies whose media type is `application/json` or ends in `+json`, strictly by RFC 8259 (no NaN, no trailing
    comma), and reports the character at which they stop being JSON. An empty body is passed over. What is a stream is
    checked as one (CT301, CT303, CT307), and what is called JSON and is a stream of something else is CT207's.

    Several documents, one a line, are passed over (Elasticsearch's bulk requests, what Kubernetes and Docker stream),
    and so are parts of a body (206), JSON behind a guard against being run as a script (`)]}'`), and requests with the
    lengths of their chunks in them, as VCR.py records what urllib3 1 sends from a generator.

    ## Why it matters

    The body was cut, edited, or filtered by something that does not know JSON; the client that reads it will fail.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, status: 200 OK, headers: {Content-Type: [application/json]}, body: '{"a": 1'}
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, status: 200 OK, headers: {Content-Type: [application/json]}, body: '{"a": 1}'}
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT204"
    name = "body-not-json"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """Both sides."""
        yield from _check("request", interaction.request)
        if transcript is None or not _is_checked_as_stream(transcript):
            yield from _check("response", interaction.response)


def _is_checked_as_stream(transcript: Transcript) -> bool:
    if transcript.framing != "json-array":
        return bool(transcript.framing)
    # An array is JSON as a whole, too, unless it is cut or broken, which other rules have said.
    return bool(transcript.defects) or any(noted.kind is Kind.NOT_JSON for noted in transcript.irregularities)


def _check(side: str, message: Message) -> Iterable[Problem]:
    media_type = message.media_type
    if media_type != "application/json" and not media_type.endswith("+json"):
        return
    if isinstance(message, Response) and (message.code == 206 or message.headers.get("content-range")):
        return
    body = message.body
    # What kept the coding from being taken off is CT205's; what is left of it is no text.
    if not body.raw or (body.codings and body.decoded.problem) or not body.text or body.text.isspace():
        return
    if side == "request" and _CHUNK.match(body.text) and message.headers.get("transfer-encoding"):
        return
    error = body.json_error()
    if error and not body.text.startswith(_GUARDS) and not _is_one_a_line(body.text, error.offset):
        reason = "a byte order mark stands in front of it" if body.text.startswith(_MARK) else error.message
        # As it was written: in lower case a credential that stands there would not be known for one.
        said = printable(message.headers.get("content-type").partition(";")[0].strip(), 60)
        yield Problem(f"the {side} says it is {said}, but is not JSON: {reason}", body.route(error.offset))


def _is_one_a_line(text: str, end: int) -> bool:
    """Whether a text is several documents, each in a line of its own.

    Args:
        text: The text.
        end: Where it stops being one document: there the second one starts.
    """
    if not text[:end].rstrip(" \t").endswith("\n"):
        return False
    return not any(strict_json.error_in(line) for line in text.split("\n") if line.strip())
