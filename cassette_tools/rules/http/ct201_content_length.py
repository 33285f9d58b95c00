"""CT201: content-length."""

import json
from collections.abc import Iterable, Iterator

from cassette_tools.finding import Fix, Problem, Severity
from cassette_tools.model import Body, Edit, Interaction, Message, Route
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule


class ContentLength(Rule):
    """A recorded length that is not the length of the body.

    ## What it does

    Compares the length that the recorder noted (go-vcr's `content_length`), else the Content-Length header, with the
    bytes of the recorded body. A length of -1 (unknown) is passed over, and so are responses that have no body to
    measure (to HEAD, 204, 304), bodies with a content or transfer coding (go-vcr's `transfer_encoding` and
    `uncompressed` say so, too), and bodies that the recorder left out or did not store as they were sent.

    ## Why it matters

    Something took a part of the body away, or put one in. go-vcr's own matcher compares the length of a request, and
    clients wait for bytes that never come.

    JSON in a request that was only written anew, as VCR.py's `filter_post_data_parameters` does, is passed over where
    the header's length is that of the same JSON as clients write it.

    `lint --fix` writes down the length that the recorded body has.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, content_length: 5, status: 200 OK, headers: {}, body: "[]"}
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, content_length: 2, status: 200 OK, headers: {}, body: "[]"}
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT201"
    name = "content-length"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """Both sides."""
        request, response = interaction.request, interaction.response
        yield from _compare("request", request)
        if request.method.upper() != "HEAD" and response.code not in (204, 304):
            yield from _compare("response", response)


def _compare(side: str, message: Message) -> Iterable[Problem]:
    body = message.body
    if body.codings or not body.as_sent or message.recoded or message.headers.get("transfer-encoding"):
        return
    if "aws-chunked" in message.headers.get(
        "content-encoding"
    ):  # chunks, which clients take off like a transfer coding
        return
    size = body.size
    length = message.content_length
    # net/http gives 0 both for an empty body and for one of unknown length on the client's side.
    if length is not None and length >= 0 and size != length and (length > 0 or side == "response"):
        text = f"the {side}'s recorded length is {length:,}, but its body has {size:,} bytes"
        yield Problem(text, message.route("content_length"), fix=_fix(message.route("content_length"), size))
        return
    header = message.headers.find("content-length")
    if header is None or not (header.value.isascii() and header.value.isdigit()):
        return
    length = int(header.value[:18])
    if length != size and not (side == "request" and length in _lengths_of_json(body)):
        text = f"the {side}'s Content-Length is {length:,}, but its body has {size:,} bytes"
        yield Problem(text, Route(header.path), fix=_fix(Route(header.path), size))


def _lengths_of_json(body: Body) -> Iterator[int]:
    """The lengths in bytes of the JSON of a body as clients write it; none where it is no JSON."""
    value = body.json()
    if isinstance(value, dict | list):
        for separators in ((",", ":"), (", ", ": ")):
            for ascii_ in (False, True):
                text = json.dumps(value, separators=separators, ensure_ascii=ascii_)
                yield len(text.encode("utf-8", "surrogatepass"))


def _fix(route: Route, size: int) -> Fix:
    return Fix(f"record the length of {size:,}", safe=True, edits=(Edit(route.path, 0, None, str(size)),))
