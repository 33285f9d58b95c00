"""CT205: content-encoding."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction, Message
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule
from cassette_tools.wire import encoding


class ContentEncoding(Rule):
    """A body that is not coded as its Content-Encoding says.

    ## What it does

    Takes off the content codings that the header names (gzip, deflate, br, zstd, several in a row) and reports a body
    that is not of them: plain text under a header that says gzip, a coding that is not known, coded data without an
    end. It also reports bytes that are gzip or zstd without a header that says so. What requests, urllib3 2 and aiohttp
    had unpacked, VCR.py stores under the header as it came, and plays back alike: that is passed over.

    ## Why it matters

    The recording looks right and fails when it is replayed, or only with one release of a client: some clients trust
    the header, others the bytes. Recorders and filters that decode a body have to take the header away with the coding.

    ## Example

    ```yaml
    version: 1
    interactions:
    - request: {method: GET, uri: "https://api.example.com/v1/models", headers: {host: [api.example.com]}, body: null}
      response:
        status: {code: 200, message: OK}
        headers: {Content-Encoding: [gzip], Content-Type: [text/plain]}
        body: {string: hello}
    ```

    ## Use instead

    ```yaml
    version: 1
    interactions:
    - request: {method: GET, uri: "https://api.example.com/v1/models", headers: {host: [api.example.com]}, body: null}
      response:
        status: {code: 200, message: OK}
        headers: {Content-Encoding: [gzip], Content-Type: [text/plain]}
        body: {string: !!binary H4sIAAAAAAACA8tIzcnJBwCGphA2BQAAAA==}
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT205"
    name = "content-encoding"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """Both sides."""
        yield from _check("request", interaction.request)
        yield from _check("response", interaction.response)


def _check(side: str, message: Message) -> Iterable[Problem]:
    body = message.body
    decoded = body.decoded
    if decoded.problem and not decoded.oversized:
        yield Problem(f"the {side}'s body {decoded.problem}", body.route())
    elif isinstance(body.raw, bytes) and body.coded is None and not body.codings:
        name = encoding.sniff(body.raw)
        # Archives are sent as what they are, without a coding.
        if name and message.media_type.startswith(("text/", "application/json")):
            yield Problem(f"the {side}'s body is {name}, although no Content-Encoding says so", body.route())
