"""CT609: known-secret."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.rules.base import Rule
from cassette_tools.rules.secret.words import problems
from cassette_tools.secrets.finder import Secret


class KnownSecret(Rule):
    """A secret whose value is known.

    ## What it does

    Searches for the values of environment variables that are named with `--known-secret-env NAME`: as they are,
    percent-encoded, escaped as in JSON, in base64 at any alignment, as hexadecimal digits, and split over the
    fragments of a stream. Without a name it finds nothing.

    ## Why it matters

    A secret that looks like nothing in particular, such as a password or the name of a host, is found only by its
    value; where the tests are recorded the value is known.

    ## Example

    ```yaml
    # Found with --known-secret-env PASSWORD where PASSWORD=correct-horse is set:
    # a request to https://api.example.com/?q=correct%2Dhorse
    ```

    ## Use instead

    ```yaml
    # a request to https://api.example.com/?q=REDACTED-password-1
    ```

    ## Configuration

    The names of environment variables stand in the table `secrets` as `known-secret-env`.
    """

    code = "CT609"
    name = "known-secret"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_secrets(self, secrets: Iterable[Secret]) -> Iterable[Problem]:
        """Those that the rule reports."""
        return problems(secrets, self.code)
