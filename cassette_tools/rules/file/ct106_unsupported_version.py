"""CT106: unsupported-version."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.formats.base import Unreadable
from cassette_tools.model import Route
from cassette_tools.rules.base import CheckedFile, Rule


class UnsupportedVersion(Rule):
    """A version of a format that cannot be read.

    ## What it does

    Reports a cassette that says it is of a version which this tool does not know, or that lacks the version which its
    format demands.

    ## Why it matters

    go-vcr refuses a cassette whose `version` is not the one it writes. A version that does not exist yet may mean that
    this tool is too old.

    ## Example

    ```yaml
    version: 9
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
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

    code = "CT106"
    name = "unsupported-version"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_file(self, file: CheckedFile) -> Iterable[Problem]:
        """The reason why the format's reader refuses the file."""
        outcome = file.outcome
        if isinstance(outcome, Unreadable) and outcome.format_name:
            yield Problem(outcome.reason, Route(("version",)))
