"""CT602: credential-in-url."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.rules.base import Rule
from cassette_tools.rules.secret.words import problems
from cassette_tools.secrets.finder import Secret


class CredentialInUrl(Rule):
    """A credential in a URL.

    ## What it does

    Reports credentials in the URL of a request, in URLs of headers such as `Location` and `Referer`, and in URLs
    within bodies: the values of parameters such as `key`, `api_key`, `access_token` and `sig`, and passwords before an
    `@`, also percent-encoded, up to twice.

    ## Why it matters

    URLs are where recorders do not look for secrets, and where servers put them into logs.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request:
        url: "https://api.example.com/v1/models?key=7Hq27Hq29Xc49XcK"
        method: GET
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: '{"data":[]}'
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request:
        url: "https://api.example.com/v1/models?key=REDACTED"
        method: GET
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: '{"data":[]}'
    ```

    ## Configuration

    `severity`, as for every rule. The table `secrets` of the configuration has patterns of one's own, and what is
    no secret.
    """

    code = "CT602"
    name = "credential-in-url"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_secrets(self, secrets: Iterable[Secret]) -> Iterable[Problem]:
        """Those that the rule reports."""
        return problems(secrets, self.code)
