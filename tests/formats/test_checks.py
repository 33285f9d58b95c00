"""The fast checks of a format accept what its schema accepts, and nothing else; go-vcr's have tests of their own."""

from collections.abc import Iterator
from itertools import product

import pytest

from cassette_tools.formats.registry import formats
from cassette_tools.formats.validation import violations
from cassette_tools.source.nodes import Mapping, Node, Sequence, plain, walk
from cassette_tools.source.parse import parse

_RUBY = """\
http_interactions:
- request:
    method: post
    uri: https://api.example.com/v1/chat
    body: {encoding: UTF-8, string: "{}"}
    headers: {Content-Type: [application/json], Accept: "*/*"}
  response:
    status: {code: 200, message: OK}
    headers: {Content-Type: [text/plain]}
    body: {encoding: UTF-8, base64_string: aGk=}
    http_version: "1.1"
    adapter_metadata: {vcr_decompressed: gzip}
    url: https://api.example.com/v1/chat
  recorded_at: Fri, 02 Jan 2026 03:04:05 GMT
recorded_with: VCR 6.4.0
"""
_R = """\
http_interactions:
- request:
    method: POST
    uri: https://api.example.com/v1/chat
    body: {encoding: "", string: "{}", file: no}
    headers: {Content-Type: [application/json], Accept: "*/*"}
  response:
    status: {status_code: "200", category: Success, reason: OK, message: OK, explanation: fulfilled}
    headers: {Content-Type: [text/plain]}
    body: {base64_string: aGk=, file: false}
  recorded_at: 2026-01-02 03:04:05 GMT
  recorded_with: vcr/1.2.0, webmockr/0.8.2
- request: {method: POST, uri: "https://api.example.com/v1/files", body: {fields: {a: b}}}
  response: {status: 200, body: {raw_gzip: eJwDAAAAAAE=, on_disk: files/a.json}}
recorded_with: VCR-vcr/2.1.0
"""
_VCRPY = """\
interactions:
- request:
    body: '{"a":1}'
    headers: {Content-Type: [application/json], Accept: "*/*"}
    method: POST
    uri: https://api.example.com/v1/chat
  response:
    body: {string: hi}
    headers: {Content-Type: [text/plain]}
    status: {code: 200, message: OK}
  recorded_at: "2026-01-02T03:04:05"
recorded_at: "2026-01-02T03:04:05"
version: 1
"""
_HTTPX = """\
interactions:
- request: {body: "", headers: {}, method: GET, uri: "https://api.example.com/v1"}
  response: {content: hi, headers: {}, http_version: HTTP/1.1, status_code: 200}
version: 1
"""
_HAR = """\
log:
  version: "1.2"
  creator: {name: test, version: "1"}
  entries:
  - startedDateTime: "2026-01-02T03:04:05.678Z"
    time: 12.5
    request:
      method: POST
      url: https://api.example.com/v1/chat?x=1
      httpVersion: HTTP/1.1
      headers: [{name: Content-Type, value: application/json}]
      queryString: [{name: x, value: "1"}]
      cookies: []
      headersSize: -1
      bodySize: 2
      postData: {mimeType: text/plain, text: "", params: [{name: a, value: b}]}
    response:
      status: 200
      statusText: OK
      httpVersion: HTTP/1.1
      headers: [{name: Content-Type, value: text/plain}]
      cookies: []
      content: {size: 5, mimeType: text/plain, text: aGk=, encoding: base64}
      redirectURL: ""
      headersSize: -1
      bodySize: 25
"""
_FILES = {
    "Ruby VCR": (_RUBY, "ruby-vcr"),
    "Betamax": (_RUBY.replace("VCR 6.4.0", "betamax/0.9.0"), "ruby-vcr"),
    "Betamax, its first releases": (
        _RUBY.replace("VCR 6.4.0", "betamax").replace("status: {code: 200, message: OK}", "status_code: 200"),
        "ruby-vcr",
    ),
    "R vcr": (_R, "r-vcr"),
    "VCR.py": (_VCRPY, "vcrpy-v1"),
    "VCR.py, httpx": (_HTTPX, "vcrpy-v1"),
    "HAR": (_HAR, "har-1.2"),
}
_SAMPLES = (
    *("null", "true", "5", "-1", "1.5", "text", "''", '"200"', "!!binary aGk=", "!x y"),
    *("[]", "[a]", "[1]", "[null]", "[[a]]", "[{name: a}]", "[{name: a, value: 1}]"),
    *("{}", "{a: b}", "{string: x}", "{base64_string: aGk=}", "{name: a}", "{name: a, value: b}", "{code: 200}"),
    *("{code: x}", "{text: 1}", "{encoding: 1}", "{A: [b, 1, null]}", "{A: {b: c}}", "{A: null}"),
)


def _changes(root: Node) -> Iterator[None]:
    """Put each sample in the place of each value, and nothing; what was there comes back after each."""
    others: list[list[Node]] = [[], *([_value(sample)] for sample in _SAMPLES)]
    for node in [*walk(root)]:
        if isinstance(node, Sequence):
            items = node.items
            for number, other in product(range(len(items)), others):
                node.items = [*items[:number], *other, *items[number + 1 :]]
                yield
            node.items = items
        elif isinstance(node, Mapping):
            pairs = node.pairs
            for number, other in product(range(len(pairs)), others):
                changed = [(pairs[number][0], value) for value in other]
                node.pairs = [*pairs[:number], *changed, *pairs[number + 1 :]]
                yield
            node.pairs = pairs


@pytest.mark.parametrize("title", _FILES)
def test_checks_and_schema_agree_whatever_stands_in_a_place_or_nothing(title: str) -> None:
    text, schema = _FILES[title]
    name = title.partition(",")[0]
    # What Betamax did not record is Ruby VCR's, of which the same schema speaks.
    checked = [one for one in formats() if one.name == name or (name == "Betamax" and one.name == "Ruby VCR")]
    root = parse(text.encode(), "cassette.yaml").root
    assert isinstance(root, Mapping)
    assert checked[0].recognises(root)
    assert checked[0].conforms(root)
    assert not list(violations(root, schema))
    refused = 0
    for _ in _changes(root):
        found = [violation.message for violation in violations(root, schema)]
        reader = next((one for one in checked if one.recognises(root)), checked[-1])
        assert reader.conforms(root) == (not found), (plain(root), found)
        refused += bool(found)
    assert refused > 100


@pytest.mark.parametrize("title", _FILES)
def test_a_model_is_made_whatever_stands_in_a_place_or_nothing(title: str) -> None:
    text, _ = _FILES[title]
    (format_,) = (one for one in formats() if one.name == title.partition(",")[0])
    root = parse(text.encode(), "cassette.yaml").root
    assert isinstance(root, Mapping)
    for _ in _changes(root):
        for interaction in format_.load(root).interactions:
            assert interaction.response.code is None or isinstance(interaction.response.code, int)
            for message in (interaction.request, interaction.response):
                assert isinstance(message.body.data, bytes)
                assert len(message.body.text) <= message.body.size or message.body.codings
                assert all(isinstance(line.value, str) for line in message.headers)


def _value(text: str) -> Node:
    root = parse(f"k: {text}\n".encode(), "cassette.yaml").root
    assert isinstance(root, Mapping)
    return root.pairs[0][1]
