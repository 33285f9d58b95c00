"""CT501: usage-missing."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Kind, mapping
from cassette_tools.protocols.registry import Transcript
from cassette_tools.protocols.usage import object_of
from cassette_tools.rules.base import Rule

_PROTOCOLS = ("openai-chat", "openai-completions")
_OTHERS_SPEAK = {Kind.CUT, Kind.ERROR, Kind.NOT_JSON, Kind.UNFINISHED}


class UsageMissing(Rule):
    """A stream without the usage that its request asks for.

    ## What it does

    Reports a whole and successful stream of chat completions or completions that says nothing of tokens, although the
    request has `stream_options: {"include_usage": true}`, or OpenRouter's `usage: {"include": true}`. Streams that are
    cut or carry an error are left to CT401 and CT408. Where the recorded length is that of the body, nothing was lost,
    the provider itself has left it out, and the finding is information.

    ## Why it matters

    The chunk with the usage comes last and is the first to be lost when a recording is edited. A client that counts
    tokens counts none when the recording is replayed.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request:
        url: https://api.example.com/v1/chat/completions
        method: POST
        body: '{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}'
      response:
        code: 200
        headers: {Content-Type: [text/event-stream]}
        body: |+
          data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}

          data: [DONE]

    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request:
        url: https://api.example.com/v1/chat/completions
        method: POST
        body: '{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true}}'
      response:
        code: 200
        headers: {Content-Type: [text/event-stream]}
        body: |+
          data: {"choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}

          data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}

          data: [DONE]

    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT501"
    name = "usage-missing"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """The end of a stream."""
        if transcript is None or not transcript.framing or transcript.protocol is None:
            return
        message = transcript.message
        if transcript.protocol.name not in _PROTOCOLS or message is None or message.errors:
            return
        if not interaction.response.successful or object_of(transcript.protocol.name, message):
            return
        if transcript.defects or any(noted.kind in _OTHERS_SPEAK for noted in transcript.irregularities):
            return
        request = mapping(interaction.request.body.json())
        asked = (
            mapping(request.get("stream_options")).get("include_usage"),
            mapping(request.get("usage")).get("include"),
        )
        if True in asked:
            text = "the stream says nothing of tokens, although the request asks for it (stream_options.include_usage)"
            response = interaction.response
            length = str(response.body.size)
            if length in (str(response.content_length), response.headers.get("content-length")):
                # Nothing was lost on the way into the recording.
                yield Problem(
                    f"{text}; it has its whole length, so the provider left it out",
                    response.body.route(),
                    Severity.INFO,
                )
            else:
                yield Problem(text, response.body.route())
