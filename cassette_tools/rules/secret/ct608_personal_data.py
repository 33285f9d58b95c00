"""CT608: personal-data."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.rules.base import Rule
from cassette_tools.rules.secret.words import problems
from cassette_tools.secrets.finder import Secret


class PersonalData(Rule):
    r"""An address, a home folder or another trace of a person.

    ## What it does

    Reports e-mail addresses, home folders (`/Users/…`, `/home/…`, `C:\Users\…`) and public IP addresses, wherever they
    are. It is off unless it is asked for: `--extend-select CT608`.

    ## Why it matters

    Recordings are published with the package that they test, and are data about persons then.

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
        body: '{"owner":"jane.miller@contoso.dev"}'
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
        body: '{"owner":"user@example.com"}'
    ```

    ## Configuration

    `severity`, as for every rule. The table `secrets` of the configuration has patterns of one's own, and what is
    no secret.
    """

    code = "CT608"
    name = "personal-data"
    severity = Severity.INFO
    since = "0.1.0"

    def check_secrets(self, secrets: Iterable[Secret]) -> Iterable[Problem]:
        """Those that the rule reports."""
        return problems(secrets, self.code)
