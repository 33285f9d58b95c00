"""CT606: private-key."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.rules.base import Rule
from cassette_tools.rules.secret.words import problems
from cassette_tools.secrets.finder import Secret


class PrivateKey(Rule):
    """A private key.

    ## What it does

    Reports private keys in PEM's form (RSA, EC, OpenSSH, PGP, encrypted or not), in bodies and headers, also where
    their line breaks are escaped or where a stream has cut them.

    ## Why it matters

    It is the one secret that cannot be mistaken for anything else, and the credentials of a service account are one.

    ## Example

    ```yaml
    # A body such as {"pem": "…"} with a key in it, from the line that begins it to the line that ends it; the key of
    # this page is left out, since whatever looks for keys would find it here.
    ```

    ## Use instead

    ```yaml
    # {"pem": "REDACTED-private-key-1"}
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
