"""CT208: error-response."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction, Response
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule
from cassette_tools.text import printable


class ErrorResponse(Rule):
    """A response with the status of an error.

    ## What it does

    Reports responses whose status is 4xx or 5xx, with what the provider says went wrong. A status line that
    says another number is CT202's.

    ## Why it matters

    Nothing is malformed, and tests of failures need such recordings. But an expired key, a rate limit or an overload is
    recorded by accident as easily, and the test then replays it for good.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        code: 429
        status: 429 Too Many Requests
        headers: {Content-Type: [application/json]}
        body: '{"error":{"message":"Rate limit reached"}}'
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        code: 200
        status: 200 OK
        headers: {Content-Type: [application/json]}
        body: '{"object":"chat.completion","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}'
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT208"
    name = "error-response"
    severity = Severity.INFO
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """The status of the response."""
        response = interaction.response
        code = response.code
        if code is not None and 400 <= code < 600 and response.line_code in (None, code):
            said = printable(_said(response), 120)
            message = f"the response is an error with the status {code}"
            yield Problem(f"{message}: {said}" if said else message, response.route("code"))


def _said(response: Response) -> str:
    body = response.body
    if not body.raw or body.decoded.problem:
        return ""
    value = body.json()  # of a failed answer it is there already: the protocols have asked for it
    if value is None:
        # Pages of proxies say nothing that the status does not.
        return body.text.strip() if response.media_type == "text/plain" else ""
    from cassette_tools.protocols.errors import message_in

    return message_in(value).strip()
