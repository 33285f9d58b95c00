"""CT203: request-url."""

import re
from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule
from cassette_tools.text import printable

_PLACEHOLDERS = ("<", "[", "{{")
"""What recorders put in place of a base URL that must not be known: <API_BASE>, [API_BASE], {{base}}, <%= base %>."""
_PLACEHOLDER = re.compile(
    r"<%=?[^%]{1,100}%>|<[\w .-]{1,100}>|\{\{[^{}]{1,100}\}\}|[%$]\{[^{}]{1,100}\}|\[[A-Z][A-Z_]{1,100}\]"
)
"""The same in the place of a part."""
_OF_BROWSERS = re.compile(r"(?i)(?:data|blob|about|file|wss?|chrome|edge|devtools|[a-z-]{1,30}-extension):")
"""What browsers load besides, and note in a HAR."""
_HOST = re.compile(r"[^\\^`{|}<>\"\[\]]+\Z|\[[0-9A-Fa-f:.]+(?:%[\w.-]+)?\]\Z")
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class RequestUrl(Rule):
    """A request URL that is not one.

    ## What it does

    Reports a URL that is empty, is not absolute, has neither `http` nor `https` for a scheme, has no host or one that
    cannot be, has a port that is no number, a `%` in its path that begins no escape, or holds white space or control
    characters. Placeholders of the recorder's filters may stand for any part, as in `<API_BASE>/models` and
    `http://localhost:<PORT>/`; what browsers load besides (`data:`, `blob:`, `wss:` and the like) is passed over.

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
    if url.startswith(_PLACEHOLDERS) or _OF_BROWSERS.match(url):
        return ""
    url = _PLACEHOLDER.sub("1", url)
    scheme, separator, rest = url.partition("://")
    if not separator or not scheme.isalnum():
        return "is not absolute: expected https://host/path"
    if scheme.lower() not in ("http", "https"):
        return "is neither http nor https"
    if not url.isprintable() or " " in url:
        return "holds white space or control characters"
    rest = rest.partition("#")[0].partition("?")[0]
    authority, _, path = rest.partition("/")
    host = authority.rpartition("@")[2]
    name, _, port = host.rpartition(":") if ":" in host.rpartition("]")[2] else (host, "", "")
    if not name:
        return "has no host"
    # In a bracket that is not closed, the last part of an address would pass for a port.
    if not _HOST.match(name) or "[" in name[1:]:
        return "has a host that cannot be"
    if port and not (port.isascii() and port.isdigit() and int(port[:6]) <= 65_535):
        return "has a port that is no number up to 65535"
    if _BROKEN_ESCAPE.search(path):
        return "has a % in its path that begins no escape"
    return ""
