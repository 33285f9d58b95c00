"""CT103: duplicate-key."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Route
from cassette_tools.rules.base import CheckedFile, Rule
from cassette_tools.text import printable


class DuplicateKey(Rule):
    """A key that stands twice in one mapping.

    ## What it does

    Reports every repetition of a key within a mapping.

    ## Why it matters

    Recorders do not agree on what it means: go-vcr's parser refuses the file, PyYAML and Psych keep the last value and
    say nothing.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, code: 404, status: 200 OK, headers: {}, body: "[]"}
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

    code = "CT103"
    name = "duplicate-key"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_file(self, file: CheckedFile) -> Iterable[Problem]:
        """The repetitions that were met while the file was parsed."""
        for defect in file.document.defects if file.document else ():
            if defect.kind == "duplicate-key":
                message = f"the key '{printable(defect.message, 40)}' stands twice in this mapping"
                yield Problem(message, Route(file_span=(defect.start, defect.end)))
