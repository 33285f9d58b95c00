"""CT203: request-url."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule
from cassette_tools.text import printable

_PLACEHOLDERS = ("<", "[", "{{")
"""What recorders put in place of a base URL that must not be known: <API_BASE>, [API_BASE], {{base}}, <%= base %>."""


class RequestUrl(Rule):
    """A request URL that is not one.

    ## What it does

    Reports a URL that is empty, is not absolute, has neither `http` nor `https` for a scheme, has no host, has a port
    that is no number, or holds white space or control characters. A URL that starts with a placeholder of the
    recorder's filters, such as `<API_BASE>/models`, is passed over.

    ## Why it matters

    Recorders match requests by URL: one that no client can send is never replayed.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "api.example.com/v1/models", method: GET}
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

    code = "CT203"
    name = "request-url"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """The URL of the request; a missing one is CT107's."""
        request = interaction.request
        problem = _problem(request.url) if "url" in request.paths else ""
        if problem:
            yield Problem(f"the URL '{printable(request.url, 60)}' {problem}", request.route("url"))


def _problem(url: str) -> str:
    if url.startswith(_PLACEHOLDERS):
        return ""
    scheme, separator, rest = url.partition("://")
    if not separator or not scheme.isalnum():
        return "is not absolute: expected https://host/path"
    if scheme.lower() not in ("http", "https"):
        return "is neither http nor https"
    if not url.isprintable() or " " in url:
        return "holds white space or control characters"
    for end in "/?#":
        rest = rest.partition(end)[0]
    host = rest.rpartition("@")[2]
    name, _, port = host.rpartition(":") if ":" in host.rpartition("]")[2] else (host, "", "")
    if not name:
        return "has no host"
    if port and not (port.isascii() and port.isdigit() and int(port[:6]) <= 65_535):
        return "has a port that is no number up to 65535"
    return ""
