"""CT102: merge-conflict."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Route
from cassette_tools.rules.base import CheckedFile, Rule


class MergeConflict(Rule):
    """A merge conflict that was committed.

    ## What it does

    Reports the first conflict marker (`<<<<<<<` … `>>>>>>>`, each at the start of a line).

    ## Why it matters

    The file holds two recordings in one. Cassettes cannot be merged by hand with any hope: record again, or take one
    side whole.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
    <<<<<<< HEAD
      response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
    =======
      response: {code: 404, status: 404 Not Found, headers: {}, body: "{}"}
    >>>>>>> main
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

    code = "CT102"
    name = "merge-conflict"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_file(self, file: CheckedFile) -> Iterable[Problem]:
        """The first marker; what follows it is not worth a look."""
        for defect in file.document.defects if file.document else ():
            if defect.kind == "conflict":
                yield Problem(
                    "merge conflict: take one side, or record again", Route(file_span=(defect.start, defect.end))
                )
