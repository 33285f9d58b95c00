"""CT107: schema-violation."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.formats.registry import conforms
from cassette_tools.model import Cassette, Route
from cassette_tools.rules.base import Rule
from cassette_tools.source.document import Document


class SchemaViolation(Rule):
    """A value that the format does not have there.

    ## What it does

    Checks the file against the JSON Schema of its format (`schemas/` in the package). A wrong type or a missing field
    is an error; an unknown key, which recorders ignore, is a warning. `!!binary` that is not base64 and other tags
    that do not fit their value are errors, too.

    ## Why it matters

    A field of the wrong type keeps the recorder from loading the file, a missing one replays as empty, and an unknown
    key is often a misspelt one.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: '200', status: 200 OK, headers: {}, body: "[]"}
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

    code = "CT107"
    name = "schema-violation"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_cassette(self, cassette: Cassette, document: Document) -> Iterable[Problem]:
        """What the schema says, asked only where the fast checks met something unusual."""
        if document.root is None or conforms(document.root, cassette.format_name):
            return
        from cassette_tools.formats.validation import violations

        for violation in violations(document.root, cassette.schema):
            route = Route(violation.path, key=violation.key)
            at = None if violation.at is None else (violation.at, violation.at + 1)
            severity = Severity.WARNING if violation.unknown else None
            # A key that is no text has no name.
            where = f"{str(route).removesuffix('.')}: " if violation.path else ""
            yield Problem(where + violation.message, route._replace(span=at), severity)
