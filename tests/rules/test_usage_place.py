"""Where contradicting numbers are in an event stream of Amazon's: a case would hold it as base64, unreadable."""

import base64
import binascii
import json
import struct

import pytest

from cassette_tools.lint.engine import lint_bytes


def _frame(kind: str, payload: object) -> bytes:
    headers = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value)) + value.encode()
        for name, value in ((":message-type", "event"), (":event-type", kind), (":content-type", "application/json"))
    )
    data = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(data), len(headers))
    head = prelude + struct.pack(">I", binascii.crc32(prelude)) + headers + data
    return head + struct.pack(">I", binascii.crc32(head))


@pytest.mark.parametrize(("total", "routes"), [(12, []), (11, ["interactions[0].response.body event 3"])])
def test_the_event_with_the_numbers_is_named(total: int, routes: list[str]) -> None:
    usage = {"inputTokens": 3, "outputTokens": 2, "cacheReadInputTokens": 7, "totalTokens": total}
    stream = b"".join(
        (
            _frame("messageStart", {"role": "assistant"}),
            _frame("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": 'the "usage":{}'}}),
            _frame("messageStop", {"stopReason": "end_turn"}),
            _frame("metadata", {"usage": usage, "metrics": {"latencyMs": 5}}),
        )
    )
    recording = f"""
version: 2
interactions:
- id: 0
  request: {{url: "https://api.example.com/model/m/converse-stream", method: POST}}
  response:
    code: 200
    headers: {{Content-Type: [application/vnd.amazon.eventstream]}}
    body: !!binary {base64.b64encode(stream).decode()}
"""
    found = lint_bytes(recording.encode(), "cassette.yaml").findings
    assert [finding.route for finding in found if finding.code == "CT502"] == routes
