"""CT603: api-key."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.rules.base import Rule
from cassette_tools.rules.secret.words import problems
from cassette_tools.secrets.finder import Secret


class ApiKey(Rule):
    """A key, token or password in a body.

    ## What it does

    Reports keys of a known form (some hundred kinds) and the values of fields such as `api_key`, `client_secret` and
    `password`, in bodies of any coding: JSON with its escapes, forms, multipart, gzip, deflate, br, zstd, base64, data
    URLs and event streams. A key that opens nothing by itself, such as a publishable one or one half of a pair, is a
    warning.

    ## Why it matters

    Answers of login endpoints hold tokens, prompts hold the environment of whoever wrote them, and in a body that is
    compressed or base64 no scanner of lines sees them.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request:
        url: "https://api.example.com/v1/login"
        method: POST
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: '{"access_token":"7Hq27Hq29Xc49XcK"}'
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request:
        url: "https://api.example.com/v1/login"
        method: POST
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: '{"access_token":"REDACTED"}'
    ```

    ## Configuration

    `severity`, as for every rule. The table `secrets` of the configuration has patterns of one's own, and what is
    no secret.
    """

    code = "CT603"
    name = "api-key"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_secrets(self, secrets: Iterable[Secret]) -> Iterable[Problem]:
        """Those that the rule reports."""
        return problems(secrets, self.code)
