"""CT002: unused-suppression."""

from cassette_tools.finding import Severity
from cassette_tools.rules.base import Rule


class UnusedSuppression(Rule):
    """A comment that hides nothing, or that names no rule.

    ## What it does

    Reports a comment `# cassette-tools: ignore[CT208] reason` when the rules that it names find nothing there, when
    there is no rule of that name, or when it names none at all.

    ## Why it matters

    A comment with a typing error hides nothing while everybody thinks that it does. One that is not needed any more
    hides the next mistake.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0 # cassette-tools: ignore[CT20] recorded on purpose
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

    code = "CT002"
    name = "unused-suppression"
    severity = Severity.WARNING
    since = "0.1.0"
