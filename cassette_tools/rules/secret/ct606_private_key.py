"""CT606: private-key."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.rules.base import Rule
from cassette_tools.rules.secret.words import problems
from cassette_tools.secrets.finder import Secret


class PrivateKey(Rule):
    r"""A private key.

    ## What it does

    Reports private keys in PEM's form (RSA, EC, OpenSSH, PGP, encrypted or not), in bodies and headers, also where
    their line breaks are escaped or where a stream has cut them.

    ## Why it matters

    It is the one secret that cannot be mistaken for anything else, and the credentials of a service account are one.

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
        headers: {Content-Type: [application/json]}
        body: '{"pem":"-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIOq7Hq2vXc94kLmPz81Rt\n-----END EC PRIVATE KEY-----\n"}'
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
        headers: {Content-Type: [application/json]}
        body: '{"pem":"REDACTED-private-key-1"}'
    ```

    ## Configuration

    `severity`, as for every rule. The table `secrets` of the configuration has patterns of one's own, and what is
    no secret.
    """

    code = "CT606"
    name = "private-key"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_secrets(self, secrets: Iterable[Secret]) -> Iterable[Problem]:
        """Those that the rule reports."""
        return problems(secrets, self.code)
