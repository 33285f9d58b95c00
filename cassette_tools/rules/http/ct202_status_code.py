"""CT202: status-code."""

from collections.abc import Iterable

from cassette_tools.finding import Fix, Problem, Severity
from cassette_tools.model import Edit, Interaction, Response
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule


class StatusCode(Rule):
    """A status line that contradicts the status code.

    ## What it does

    Compares the number at the start of the recorded status line (`200 OK`) with the recorded status code.

    ## Why it matters

    Clients look at one or the other; the recording replays as a success to some and as a failure to others.

    `lint --fix` writes the status line that belongs to the code, which is what recorders replay.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 404, status: 200 OK, headers: {}, body: "[]"}
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT202"
    name = "status-code"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """The line against the code."""
        response = interaction.response
        number = response.line_code
        if number is not None and response.code is not None and number != response.code:
            message = f"the status line says {number}, the status code is {response.code}"
            yield Problem(message, response.route("status"), fix=_fix(response))


def _fix(response: Response) -> Fix:
    import http

    code = response.code or 0
    # Go's server, too, has these words for a code of which it knows no others.
    phrase = next((status.phrase for status in http.HTTPStatus if status == code), f"status code {code}")
    # A line of the number alone stays one.
    line = f"{code} {phrase}" if " " in response.status_line else str(code)
    edit = Edit(response.route("status").path, 0, None, line)
    return Fix(f"write the status line of {code}", safe=True, edits=(edit,))
