"""CT605: cookie."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.rules.base import Rule
from cassette_tools.rules.secret.words import problems
from cassette_tools.secrets.finder import Secret


class Cookie(Rule):
    """A cookie.

    ## What it does

    Reports the values of cookies, in `Cookie` and `Set-Cookie`. Those of load balancers and of services against bots
    (`__cf_bm`, `AWSALB`) and those that only count visits are no more than worth knowing.

    ## Why it matters

    The cookie of a session signs in whoever has it, and recorders keep `Set-Cookie` unless they are told not to.

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
        headers: {Content-Type: [application/json], Set-Cookie: [session=7Hq2vXc94kLmPz81; Path=/]}
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
        headers: {Content-Type: [application/json], Set-Cookie: [session=REDACTED; Path=/]}
        body: '{"data":[]}'
    ```

    ## Configuration

    `severity`, as for every rule. The table `secrets` of the configuration has patterns of one's own, and what is
    no secret.
    """

    code = "CT605"
    name = "cookie"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_secrets(self, secrets: Iterable[Secret]) -> Iterable[Problem]:
        """Those that the rule reports."""
        return problems(secrets, self.code)
