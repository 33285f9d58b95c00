"""CT306: event-stream-crc."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule


class EventStreamCrc(Rule):
    """A damaged frame in an Amazon event stream.

    ## What it does

    Reads the frames of a body of type `application/vnd.amazon.eventstream`, as Amazon Bedrock sends it, compares
    the two checksums of each with its bytes, and reads its lengths and its headers. A frame with a wrong checksum is
    read all the same; behind one whose length is wrong there is no telling where the next one starts, and reading ends.

    The place is that of the whole body: it is recorded as base64. The message has the bytes of the frame in the body.

    ## Why it matters

    AWS's SDKs raise an error at such a frame, and drop one that is cut. The bytes were edited, or replaced with others
    of another length, without new checksums; or a recorder kept them as text, which they are not.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/greetings", method: POST}
      response:
        code: 200
        headers: {Content-Type: [application/vnd.amazon.eventstream]}
        body: !!binary |
          AAAASgAAAC0yvsP0CzpldmVudC10eXBlBwAIZ3JlZXRpbmcNOm1lc3NhZ2UtdHlwZQcABWV2ZW50eyJ0ZXh0IjoiSG8ifQHmCrQ=
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/greetings", method: POST}
      response:
        code: 200
        headers: {Content-Type: [application/vnd.amazon.eventstream]}
        body: !!binary |
          AAAASgAAAC0yvsP0CzpldmVudC10eXBlBwAIZ3JlZXRpbmcNOm1lc3NhZ2UtdHlwZQcABWV2ZW50eyJ0ZXh0IjoiSGkifQHmCrQ=
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT306"
    name = "event-stream-crc"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """The damaged frames."""
        body = interaction.response.body
        if body.decoded.problem:
            return  # What kept the coding from being taken off is CT205's; what is left of it has no frames.
        for defect in transcript.defects:
            if defect.kind in ("checksum", "frame"):
                where = f"event {defect.event} (bytes {defect.start:,} to {defect.end:,})"
                yield Problem(f"{where}: {defect.text}", body.route(event=defect.event))
