"""CT101: yaml-syntax."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Route
from cassette_tools.rules.base import CheckedFile, Rule


class YamlSyntax(Rule):
    """A file that is not YAML.

    ## What it does

    Reports the place where the parser gives up: broken indentation, an open quote, a tab, a control character, bytes
    that are not UTF-8, nesting or aliases beyond any sense, and a second document behind the first.

    ## Why it matters

    A recorder fails on such a file, or worse reads only a part of it. The parser is the one that recorders use
    (libyaml), so what it refuses does not replay.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, status: 200 OK, headers: {}, body: "[]}
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

    code = "CT101"
    name = "yaml-syntax"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_file(self, file: CheckedFile) -> Iterable[Problem]:
        """The defects that the parser met."""
        for defect in file.document.defects if file.document else ():
            if defect.kind == "syntax":
                yield Problem(f"not valid YAML: {defect.message}", Route(file_span=(defect.start, defect.end)))
