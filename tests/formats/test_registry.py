"""What is no HTTP cassette is named, and only what resembles one is never passed over."""

import pytest

from cassette_tools.formats.base import head_resembles_cassette, may_be_cassette
from cassette_tools.formats.registry import conforms, formats, read
from cassette_tools.model import Cassette
from cassette_tools.source.parse import parse

_OTHER_INTERACTIONS = "not an HTTP cassette: a mapping whose interactions are no requests and responses"
_PACT = """\
consumer: {name: a}
provider: {name: b}
interactions:
- description: x
  request: {method: GET, path: /x}
  response: {status: 200}
"""
_RUBY_VCR_1 = """\
- !ruby/struct:VCR::HTTPInteraction
  request: !ruby/struct:VCR::Request {method: get, uri: x}
  response: !ruby/struct:VCR::Response {status: {code: 200}}
"""
_PHP_VCR = """\
-
  request: {method: GET, url: https://api.example.com/, headers: {Host: api.example.com}}
  response: {status: {http_version: "1.1", code: "200", message: OK}, headers: {}, body: hi}
  index: 0
"""
_RESEMBLES = "looks like a cassette, but is of no format that can be read"


@pytest.mark.parametrize(
    ("text", "reason", "resembles", "recording"),
    [
        ("", "the file is empty", False, False),
        ("# nothing\n", "the file is empty", False, False),
        ("just words", "not an HTTP cassette: a single value", False, False),
        ("- 1\n- 2\n", "not an HTTP cassette: a list", False, False),
        ("services: {web: {image: x}}", "not an HTTP cassette: a Compose file", False, False),
        ("openapi: 3.1.0\npaths: {}", "not an HTTP cassette: an OpenAPI document", False, False),
        ("on: push\njobs: {}", "not an HTTP cassette: a workflow", False, False),
        ("a: 1", "not an HTTP cassette: a mapping without interactions", False, False),
        ("interactions: [{kind: message, data: x}]", "not an HTTP cassette: a WebSocket recording", False, True),
        ("interactions: [{request_sample: x}]", "not an HTTP cassette: a gRPC recording", False, True),
        ("interactions: [{foo: 1}]", _OTHER_INTERACTIONS, False, False),
        ("interactions: 3", _OTHER_INTERACTIONS, False, False),
        ("interactions: enabled", _OTHER_INTERACTIONS, False, False),
        ("interactions:\n- click\n", _OTHER_INTERACTIONS, False, False),
        ("interactions: [{request: x, response: y}]", _OTHER_INTERACTIONS, False, False),
        ("http_interaction: [{request: {}}]", "not an HTTP cassette: a mapping without interactions", False, False),
        ("request: {a: 1}\nresponse: {b: 2}", "not an HTTP cassette: a mapping without interactions", False, False),
        (
            _PACT,
            "not an HTTP cassette: a Pact contract", False, False,
        ),
        (
            "request: {method: GET, url: /x}\nresponse: {status: 200}",
            "not an HTTP cassette: a stub of WireMock", False, False,
        ),
        (
            "mappings: [{request: {method: GET, url: /x}, response: {status: 200}}]",
            "not an HTTP cassette: a stub of WireMock", False, False,
        ),
        ("- request: {url: x}\n  response: {status: 200}", "not an HTTP cassette: a list", False, False),
        ("interactions: [{request: {verb: GET}}]", _RESEMBLES, True, False),
        ("interactions: {request: {verb: GET}}", _RESEMBLES, True, False),
        ("version: 2\ninteractions: {}", _RESEMBLES, True, False),
        ("version: '3.8'\ninteractions: {}", _OTHER_INTERACTIONS, False, False),
        ("interactions: [5, {response: {}}]", _RESEMBLES, True, False),
        ("request: {url: x}\nresponse: {code: 200}", _RESEMBLES, True, False),
        ("request: {uri: x}\nresponse: {status: {code: 200}}", _RESEMBLES, True, False),
        (
            _PHP_VCR,
            "of no format that can be read: a PHP-VCR cassette",
            False, True,
        ),
        (
            _RUBY_VCR_1,
            "a Ruby VCR cassette of version 1: VCR 2 brings it up to date with `rake vcr:migrate_cassettes`",
            True, False,
        ),
    ],
)  # fmt: skip
def test_what_is_no_cassette_is_named(text: str, reason: str, resembles: bool, recording: bool) -> None:
    outcome = read(parse(text.encode(), "file.yaml").root)
    assert not isinstance(outcome, Cassette)
    assert (outcome.reason, outcome.resembles, outcome.recording) == (reason, resembles, recording)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("version: 2\ninteractions: []\n", "go-vcr"),
        ("version: 1\ninteractions: []\n", "go-vcr"),
        ("interactions: []\nversion: 1\n", "VCR.py"),
        ("interactions: []\n", "VCR.py"),
        ("http_interactions: []\nrecorded_with: VCR 6.0.0\n", "Ruby VCR"),
        ("http_interactions: []\nrecorded_with: VCR-vcr/2.1.0\n", "R vcr"),
        ('{"http_interactions": [], "recorded_with": "betamax/0.9.0"}', "Betamax"),
        ('{"log": {"version": "1.2", "creator": {}, "entries": []}}', "HAR"),
    ],
)
def test_an_empty_recording_is_known_by_its_head(text: str, name: str) -> None:
    root = parse(text.encode(), "file").root
    outcome = read(root)
    assert isinstance(outcome, Cassette)
    assert (outcome.format_name, outcome.interactions, conforms(root, name)) == (name, [], True)


def test_every_format_says_what_it_is() -> None:
    for format_ in formats():
        assert format_.name
        assert format_.files.startswith("*.")
        assert format_.recognised_by
        assert format_.schema_versions


@pytest.mark.parametrize(
    "data",
    [
        b'{"log":{"entries":[',
        b"interactions:",
        b'"http_interactions"',
        b"request: response:",
        b"\xff\xfe\x00i",
        b"i\x00n\x00",
    ],
)
def test_a_file_that_may_be_a_cassette_is_read(data: bytes) -> None:
    assert may_be_cassette(data)


def test_a_file_without_the_words_of_a_cassette_is_not() -> None:
    assert not may_be_cassette(b"services: {web: {image: nginx}}")


@pytest.mark.parametrize(
    "head",
    [
        "version: 2\ninteractions:\n- id: 0\n",
        "interactions:\n- request:\n    uri: 'x",
        "a: &a [\nrequest: {}\ninteractions: *a\n",
        "---\nhttp_interactions:\n- request:\n    method: get\n",
        '{"http_interactions": [], "recorded_with": "betamax"',
        '{\n  "interactions": [\n    {\n      "request": {',
        '{"version": 1, "interactions": [{"request": {',
        '{"version":1,"interactions":[{"request":{',
        "- request:\n    uri: x\n  response:\n",
        '{"log":{"entries":[',
        '{\n  "log": {\n    "version": "1.2",\n    "creator": {"name": "x"},\n',
    ],
)
def test_what_is_cut_is_known_by_its_head(head: str) -> None:
    assert head_resembles_cassette(head)


@pytest.mark.parametrize(
    "head",
    [
        "interactions: enabled\nversion: 2\nx: '",
        "interactions:\n- click\n- '",
        "{{ x }}\nrequest: 1\nresponse: 2\n",
        '{"log": {"level": "debug"}, "entries" [',
        "a: {log: {entries: [",
    ],
)
def test_other_heads_are_not(head: str) -> None:
    assert not head_resembles_cassette(head)
