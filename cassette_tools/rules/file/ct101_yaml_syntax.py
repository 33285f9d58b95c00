"""CT101: yaml-syntax."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Route
from cassette_tools.rules.base import CheckedFile, Rule
from cassette_tools.source.document import Defect


class YamlSyntax(Rule):
    """A file that is not YAML.

    ## What it does

    Reports the place where the parser gives up: broken indentation, an open quote, a tab, a control character, bytes
    that are not UTF-8, nesting or aliases beyond any sense, and a second document behind the first. A file is read as
    JSON when its name says so, or when it is JSON.

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
        document = file.document
        if document is None:
            return
        for defect in document.defects:
            if defect.kind in ("syntax", "limit"):
                yield Problem(_said(defect, is_json=document.is_json), Route(file_span=(defect.start, defect.end)))


def _said(defect: Defect, *, is_json: bool) -> str:
    if defect.kind == "limit":
        return f"{defect.message}, which is more than is read here"
    return f"not valid {'JSON' if is_json else 'YAML'}: {defect.message}"
