"""CT601: credential-header."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.rules.base import Rule
from cassette_tools.rules.secret.words import problems
from cassette_tools.secrets.finder import Secret


class CredentialHeader(Rule):
    """A credential in a header.

    ## What it does

    Reports credentials in the headers of requests and responses: `Authorization` of every scheme (Basic is decoded),
    `x-api-key` and its kind, the parts of a signature of AWS, and keys of a known form in any header. Placeholders
    such as `REDACTED`, `<TOKEN>` or `Bearer test-key` are passed over. The credential and the signature of a request
    that was signed for one moment are a warning. Cookies are CT605's.

    ## Why it matters

    Whoever reads the repository can use it. Recorders leave out the headers that they are told to, in the requests
    that they are told about: most leaks are a header that nobody had thought of, or one of a response.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request:
        url: "https://api.example.com/v1/models"
        method: GET
        headers: {Authorization: [Bearer 7Hq27Hq29Xc49XcK]}
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
        url: "https://api.example.com/v1/models"
        method: GET
        headers: {Authorization: [Bearer REDACTED]}
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: '{"data":[]}'
    ```

    ## Configuration

    `severity`, as for every rule. The table `secrets` of the configuration has patterns of one's own, and what is
    no secret.
    """

    code = "CT601"
    name = "credential-header"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_secrets(self, secrets: Iterable[Secret]) -> Iterable[Problem]:
        """Those that the rule reports."""
        return problems(secrets, self.code)
