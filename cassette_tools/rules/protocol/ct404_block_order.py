"""CT404: block-order."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule, answer_route
from cassette_tools.text import printable


class BlockOrder(Rule):
    """Blocks of an answer that do not start, go on and end in order.

    ## What it does

    Follows the blocks of an answer of Anthropic's Messages API or of Amazon Bedrock's Converse, and the steps of
    Gemini's Interactions: after the start of the message each block starts, goes on and ends, before the next one
    starts but with Interactions, whose steps may overlap; they are numbered from 0; a delta is of its block's type;
    what is known at the end comes when all blocks have ended. Of each block the first fault is reported. A stream that
    goes on from one of its events may start anywhere.

    ## Why it matters

    Clients put the deltas into the block of that number, and fail or lose text when there is none. An event was
    deleted, repeated or moved by hand: these APIs number no events, so this is the only trace of it.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/messages", method: POST}
      response:
        code: 200
        headers: {Content-Type: [text/event-stream]}
        body: |+
          data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[]}}

          data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}

          data: {"type":"content_block_stop","index":0}

          data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}

          data: {"type":"message_stop"}

    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/messages", method: POST}
      response:
        code: 200
        headers: {Content-Type: [text/event-stream]}
        body: |+
          data: {"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","content":[]}}

          data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

          data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Hi"}}

          data: {"type":"content_block_stop","index":0}

          data: {"type":"message_delta","delta":{"stop_reason":"end_turn"}}

          data: {"type":"message_stop"}

    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT404"
    name = "block-order"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """The events that are out of order."""
        for irregularity in transcript.irregularities:
            if irregularity.kind is Kind.BLOCK_ORDER:
                message = f"event {irregularity.event} is out of order: {printable(irregularity.detail, 200)}"
                yield Problem(message, answer_route(interaction, transcript, irregularity))
