"""CT105: unknown-format."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.formats.base import Unreadable
from cassette_tools.model import Route
from cassette_tools.rules.base import CheckedFile, Rule


class UnknownFormat(Rule):
    """A file that is no cassette of a known format.

    ## What it does

    Reports a file that was named on the command line, or that looks like a cassette (it has interactions with a request
    or a response), but that no format recognises. Other files that a folder holds are passed over in silence, contracts
    of Pact and stubs of WireMock too, and with `--skip-unknown` also those that are named.

    ## Why it matters

    What cannot be recognised is not checked; a linter that said nothing would turn itself off.

    ## Example

    ```yaml
    interactions:
    - request: {verb: GET}
      response: {}
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

    code = "CT105"
    name = "unknown-format"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_file(self, file: CheckedFile) -> Iterable[Problem]:
        """The reason why no format takes the file."""
        outcome = file.outcome
        if isinstance(outcome, Unreadable) and not outcome.format_name:
            yield Problem(outcome.reason, Route())
