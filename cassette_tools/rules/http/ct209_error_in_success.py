"""CT209: error-in-success."""

import re
from collections.abc import Iterable
from typing import Any

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import mapping
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule
from cassette_tools.text import printable

_KEY = re.compile(r'("errors?")\s*:')
_ENVELOPE = frozenset({"error", "type", "object", "id", "request_id", "success", "status"})
"""What may stand beside the error in an answer that is nothing else."""


class ErrorInSuccess(Rule):
    """An error that the provider reports under a status of success.

    ## What it does

    Reports answers with a status of 2xx whose JSON carries an error: an `error` object where the protocol is known,
    else JSON that is nothing but an error. An `error` that is null, and errors of JSON-RPC, which has no other way to
    report them, are passed over. Errors within a stream are CT408's.

    ## Why it matters

    Clients that look at the status take the answer for a success and fail on what is missing from it. Gateways answer
    in this way, and filters of content; tests seldom want it.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: '{"error":{"message":"Provider returned error","code":502}}'
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        code: 200
        headers: {Content-Type: [application/json]}
        body: '{"object":"chat.completion","choices":[{"index":0,"message":{"content":"Hi"},"finish_reason":"stop"}]}'
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT209"
    name = "error-in-success"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """The errors of a plain answer that succeeded."""
        response = interaction.response
        if not response.successful or (transcript is not None and transcript.framing):
            return
        if transcript is not None:
            errors = transcript.message.errors if transcript.message is not None else ()
        else:
            errors = _only_error(interaction)
        said = next(filter(None, map(_said, errors)), "")
        if said:
            message = f"the provider reports an error in an answer that succeeded: {printable(said, 120)}"
            match = _KEY.search(response.body.text)
            yield Problem(message, response.body.route(*match.span(1)) if match else response.body.route())


def _said(error: Any) -> str:
    """What an error says; empty where it is an object of nulls."""
    from cassette_tools.protocols.errors import message_in

    code = mapping(error).get("code")
    return message_in(error) or (str(code) if isinstance(code, int) and code else "")


def _only_error(interaction: Interaction) -> tuple[Any, ...]:
    """The error of an answer of no known protocol, if it is nothing else: jobs carry the errors of their past."""
    body = interaction.response.body
    value = mapping(body.json()) if body.raw else {}  # the protocols have asked for it already
    return (value["error"],) if value.get("error") and _ENVELOPE.issuperset(value) else ()
