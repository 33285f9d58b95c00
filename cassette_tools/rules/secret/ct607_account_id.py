"""CT607: account-id."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.rules.base import Rule
from cassette_tools.rules.secret.words import problems
from cassette_tools.secrets.finder import Secret


class AccountId(Rule):
    """The id of an account, an organisation or a project.

    ## What it does

    Reports whose account was recorded: `openai-organization`, `openai-project`, `anthropic-organization-id` and their
    kind, organisations and projects in bodies, and account numbers of AWS.

    ## Why it matters

    An id opens nothing, but it says who pays, and some would rather not have it in a public repository.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request:
        url: "https://api.example.com/v1/models"
        method: GET
      response:
        code: 200
        headers: {Content-Type: [application/json], Openai-Organization: [org-7Hq2vXc94kLmPz81RtYw]}
        body: '{"data":[]}'
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request:
        url: "https://api.example.com/v1/models"
        method: GET
      response:
        code: 200
        headers: {Content-Type: [application/json], Openai-Organization: [REDACTED]}
        body: '{"data":[]}'
    ```

    ## Configuration

    `severity`, as for every rule. The table `secrets` of the configuration has patterns of one's own, and what is
    no secret.
    """

    code = "CT607"
    name = "account-id"
    severity = Severity.INFO
    since = "0.1.0"

    def check_secrets(self, secrets: Iterable[Secret]) -> Iterable[Problem]:
        """Those that the rule reports."""
        return problems(secrets, self.code)
