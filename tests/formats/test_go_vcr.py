"""go-vcr, versions 1 and 2: every field of the model, and fast checks that agree with the schemas."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.formats.go_vcr import GoVcr, seconds
from cassette_tools.formats.registry import conforms, read
from cassette_tools.formats.validation import violations
from cassette_tools.model import Cassette, Headers, Message
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence, find, plain, walk
from cassette_tools.source.parse import parse

_V1 = """\
---
version: 1
interactions:
- request:
    body: '{"a":1}'
    form: {q: [x]}
    headers:
      Accept: [application/json]
      X-Many: [a, b]
    url: https://api.example.com/v4/things?page=2
    method: POST
  response:
    body: '{"b":2}'
    headers:
      Content-Type: [application/json]
    status: 200 OK
    code: 200
    duration: 547.2ms
- request:
    body: ""
    form: {}
    headers: {}
    url: https://api.example.com/v4/gone
    method: DELETE
  response:
    body: ""
    headers: {}
    status: 204 No Content
    code: 204
    duration: ""
"""
_V2 = """\
---
version: 2
interactions:
- id: 0
  request:
    proto: HTTP/1.1
    proto_major: 1
    proto_minor: 1
    content_length: 7
    transfer_encoding: []
    trailer: {}
    host: api.example.com
    remote_addr: ""
    request_uri: ""
    body: '{"a":1}'
    form: {}
    headers:
      Content-Type: [application/json]
    url: https://api.example.com/v1/chat
    method: POST
  response:
    proto: HTTP/2.0
    proto_major: 2
    proto_minor: 0
    transfer_encoding: [chunked]
    trailer: {X-Sum: [abc]}
    content_length: -1
    uncompressed: true
    body: |+
      data: x

    headers:
      Content-Type: [text/event-stream]
      Set-Cookie: [a=1, b=2]
    status: 200 OK
    code: 200
    duration: 1m2.5s
- id: 1
  request:
    url: https://api.example.com/v1/picture
    method: GET
  response:
    body: !!binary /9j/AA==
    headers: {}
    status: 200 OK
    code: 200
    duration: 1500
"""


def _read(text: str) -> Cassette:
    outcome = read(parse(text.encode(), "cassette.yaml").root)
    assert isinstance(outcome, Cassette)
    return outcome


def _conforms(text: str) -> bool:
    root = parse(text.encode(), "cassette.yaml").root
    outcome = read(root)
    assert isinstance(outcome, Cassette)
    return conforms(root, outcome.format_name)


def _lines(headers: Headers) -> list[tuple[str, str]]:
    return [(line.name, line.value) for line in headers]


def test_every_field_of_version_1() -> None:
    cassette = _read(_V1)
    assert (cassette.format_name, cassette.version, cassette.schema) == ("go-vcr", 1, "go-vcr-v1")
    assert _conforms(_V1)
    first, second = cassette.interactions
    assert (first.index, first.path, first.recorded_id) == (0, ("interactions", 0), None)
    request, response = first.request, first.response
    assert (request.method, request.url) == ("POST", "https://api.example.com/v4/things?page=2")
    assert _lines(request.headers) == [("Accept", "application/json"), ("X-Many", "a"), ("X-Many", "b")]
    assert (request.body.raw, request.body.as_sent, request.content_length) == ('{"a":1}', True, None)
    assert (response.code, response.status_line, response.content_length) == (200, "200 OK", None)
    assert _lines(response.headers) == [("Content-Type", "application/json")]
    assert (response.body.raw, response.media_type) == ('{"b":2}', "application/json")
    assert (second.index, second.request.method, second.request.body.raw) == (1, "DELETE", "")
    assert (second.response.code, second.response.status_line, second.response.body.raw) == (204, "204 No Content", "")


def test_every_field_of_version_2() -> None:
    cassette = _read(_V2)
    assert (cassette.format_name, cassette.version, cassette.schema) == ("go-vcr", 2, "go-vcr-v2")
    assert _conforms(_V2)
    first, second = cassette.interactions
    assert (first.index, first.recorded_id, second.index, second.recorded_id) == (0, 0, 1, 1)
    request, response = first.request, first.response
    assert (request.method, request.url) == ("POST", "https://api.example.com/v1/chat")
    assert (request.content_length, request.body.raw, _lines(request.headers)) == (
        7,
        '{"a":1}',
        [("Content-Type", "application/json")],
    )
    assert (response.code, response.status_line, response.content_length) == (200, "200 OK", -1)
    assert _lines(response.headers) == [
        ("Content-Type", "text/event-stream"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    ]
    assert response.body.raw == "data: x\n\n"
    assert (second.request.body.raw, len(second.request.headers), second.request.content_length) == (None, 0, None)
    assert (second.response.body.raw, second.response.body.coded) == (b"\xff\xd8\xff\x00", None)


def _paths(message: Message) -> list[tuple[tuple[str | int, ...], Any]]:
    places = [(path, None) for path in message.paths.values()]
    return [*places, (message.body.path, message.body.raw), *((line.path, line.value) for line in message.headers)]


@pytest.mark.parametrize("text", [_V1, _V2], ids=["v1", "v2"])
def test_every_path_leads_to_its_value(text: str) -> None:
    root = parse(text.encode(), "cassette.yaml").root
    assert root is not None
    for interaction in _read(text).interactions:
        for message in (interaction.request, interaction.response):
            for path, value in _paths(message):
                node = find(root, path)
                if value is not None:
                    assert isinstance(node, Scalar)
                    assert node.content() == value
            assert message.route("url" if message is interaction.request else "code").path[-1] in ("url", "code")


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        ("[a, b]", ["a", "b"]),
        ("[]", []),
        ("null", []),
        ("[null]", [""]),
        ("['', ~]", ["", ""]),
        ("[1, true]", ["1", "true"]),
        ("[!!binary 5A==]", ["ä"]),
        ("[[a], {b: c}, d]", ["d"]),
        ("plain", ["plain"]),
        ("{a: b}", []),
    ],
)
def test_the_values_of_a_header(value: str, headers: list[str]) -> None:
    text = _V2.replace("Content-Type: [text/event-stream]", f"X: {value}")
    assert _read(text).interactions[0].response.headers.values("x") == headers


@pytest.mark.parametrize(
    ("body", "raw"),
    [
        ("null", None),
        ("''", ""),
        ('"null"', "null"),
        ("!!binary aGk=", b"hi"),
        ("!!binary |\n      aGk=", b"hi"),
        ("!!binary '???'", "???"),
        ("!!str 5", "5"),
        ("5", "5"),
        ("{a: 1}", None),
        ('"\\u0000\\r\\n"', "\0\r\n"),
    ],
)
def test_bodies(body: str, raw: str | bytes | None) -> None:
    text = _V2.replace("body: '{\"a\":1}'", f"body: {body}")
    assert _read(text).interactions[0].request.body.raw == raw


# The fast checks and the schemas.


def _found(root: Node, schema: str) -> list[str]:
    return [violation.message for violation in violations(root, schema)]


_SAMPLES = [
    "null",
    "",
    "~",
    "true",
    "5",
    "-1",
    "0x1F",
    "017",
    "1_000",
    "1.0",
    "1.5",
    ".inf",
    ".nan",
    "9" * 41,
    "'5'",
    "text",
    "200 OK",
    "!!str 5",
    "!!int 5",
    "!!int '5'",
    "!!float 5",
    "!!null ''",
    "!!bool 'true'",
    "!!binary aGk=",
    "!binary aGk=",
    "!custom 5",
    "! 5",
    "1s",
    "'1h2m3.5s'",
    '"1.5ms\\n"',
    "-1s",
    "1s-2s",
    "1 s",
    "0",
    "'0'",
    "'+0'",
    "'00'",
    "[]",
    "{}",
    "[a]",
    "[null, 5]",
    "[[a]]",
    "{a: b}",
    "{a: [b]}",
    "{a: null}",
    "{a: [null]}",
    "{a: [5]}",
    "{a: [[b]]}",
    "{? [a] : [b]}",
    "{5: [b]}",
    "{a: [b], a: c}",
]


def _nodes(node: Node) -> list[Mapping | Sequence]:
    """All mappings and lists below and including a node."""
    return [held for held in walk(node) if not isinstance(held, Scalar)]


def _parsed(text: str) -> Node:
    root = parse(text.encode(), "x.yaml").root
    assert root is not None
    return root


_ROOTS = [_parsed(_V1), _parsed(_V2)]
_VALUES = [_parsed(f"k: {text}\n") for text in _SAMPLES]
_KEYS = ["url", "urls", "code", "headers", "", "X", "body", "duration", "id", "content_length", "~"]


@st.composite
def _damaged(draw: st.DrawFn) -> Mapping:
    """A valid recording with a few things changed."""
    root = copy.deepcopy(draw(st.sampled_from(_ROOTS)))
    for _ in range(draw(st.integers(0, 3))):
        node = draw(st.sampled_from(_nodes(root)))
        count = len(node.pairs) if isinstance(node, Mapping) else len(node.items)
        if not count:
            continue
        place = draw(st.integers(0, count - 1))
        change = draw(st.sampled_from(["value", "value", "drop", "rename", "repeat", "style"]))
        sample = draw(st.sampled_from(_VALUES))
        assert isinstance(sample, Mapping)
        value = copy.deepcopy(sample.pairs[0][1])
        if isinstance(node, Sequence):
            if change == "drop":
                del node.items[place]
            else:
                node.items[place] = value
            continue
        key, old = node.pairs[place]
        if change == "drop":
            del node.pairs[place]
        elif change == "rename":
            node.pairs[place] = (Scalar(draw(st.sampled_from(_KEYS)), None, "", 0, 0), old)
        elif change == "repeat":
            node.pairs.append((key, value))
        elif change == "style" and isinstance(old, Scalar):
            old.style = draw(st.sampled_from(["", "'", "|"]))
            old.tag = draw(
                st.sampled_from([None, "!", "!x", *(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "binary"))])
            )
        else:
            node.pairs[place] = (key, value)
    assert isinstance(root, Mapping)
    return root


@settings(deadline=None, max_examples=250)
@given(_damaged())
def test_what_the_fast_checks_pass_the_schema_passes(root: Mapping) -> None:
    version = GoVcr().version(root)
    if version not in GoVcr.versions:
        return  # CT106's
    cassette = GoVcr().load(root)
    found = _found(root, cassette.schema)
    if GoVcr().conforms(root):
        assert found == []
    elif not found:
        assert _stricter(root), plain(root)


def _stricter(root: Node) -> bool:
    """What the fast checks refuse and the schema, which sees plain values, cannot."""
    for node in _nodes(root):
        if isinstance(node, Mapping):
            keys = [key.value if isinstance(key, Scalar) else "" for key, _ in node.pairs]
            if len(set(keys)) < len(keys):
                return True  # a repeated key, of which the schema sees the last
        for value in (pair[1] for pair in node.pairs) if isinstance(node, Mapping) else node.items:
            if isinstance(value, Scalar) and value.kind == "number" and value.value.rstrip("0").endswith("."):
                return True  # 1.0, which JSON Schema counts among the integers
            if isinstance(value, Scalar) and value.kind == "integer" and value.integer() is None:
                return True  # too long for a number, which leaves the schema a string
            if isinstance(value, Scalar) and value.kind in ("string", "binary") and value.value.endswith("\n"):
                return True  # "$" of a pattern matches before a last line feed
    return False


_STRINGS = {"proto", "host", "remote_addr", "request_uri", "body", "url", "method", "status"}
_STRICTER = {
    "9" * 41: _STRINGS,  # too long for a number, which leaves the schema a string
    "1.0": {"code", "duration", "content_length", "proto_major", "proto_minor", "id"},
    '"1.5ms\\n"': {"duration"},
    "{a: [b], a: c}": {"headers", "form", "trailer"},
}
"""Where the fast checks refuse what the schema, which sees plain values, cannot."""


@pytest.mark.parametrize("sample", _SAMPLES)
@pytest.mark.parametrize("version", [1, 2])
def test_fast_checks_and_schema_agree_on_every_field(version: int, sample: str) -> None:
    """Each sample in the place of each value."""
    root = copy.deepcopy(_ROOTS[version - 1])
    assert isinstance(root, Mapping)
    interactions = root.get("interactions")
    assert isinstance(interactions, Sequence)
    del interactions.items[1:]
    parsed = _parsed(f"k: {sample}\n")
    assert isinstance(parsed, Mapping)
    differing = set()
    for node in _nodes(root):
        for place, (key, old) in enumerate(node.pairs) if isinstance(node, Mapping) else ():
            assert isinstance(node, Mapping)
            node.pairs[place] = (key, parsed.pairs[0][1])
            if GoVcr().version(root) == version:
                conforms, found = GoVcr().conforms(root), _found(root, f"go-vcr-v{version}")
                assert not (conforms and found)
                if not conforms and not found:
                    assert isinstance(key, Scalar)
                    differing.add(key.value)
            node.pairs[place] = (key, old)
    assert differing <= _STRICTER.get(sample, set())


_json_like: st.SearchStrategy[Any] = st.recursive(
    st.sampled_from(["null", "5", "'x'", "!!binary aGk=", "!!binary x", "[]", "{}", "1.5", "!t y", "~"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(
                [
                    "request",
                    "response",
                    "headers",
                    "body",
                    "url",
                    "method",
                    "code",
                    "status",
                    "id",
                    "content_length",
                    "[a]",
                    "? x",
                ]
            ),
            inner,
            max_size=4,
        ).map(lambda pairs: "{" + ", ".join(f"{key}: {value}" for key, value in pairs.items()) + "}")
    ),
    max_leaves=20,
)


@settings(deadline=None, max_examples=200)
@given(_json_like, st.sampled_from(["1", "2"]))
def test_no_shape_is_too_strange(interactions: str, version: str) -> None:
    root = parse(f"version: {version}\ninteractions: {interactions}\n".encode(), "x.yaml").root
    if not isinstance(root, Mapping):
        return
    GoVcr().recognises(root)
    cassette = GoVcr().load(root)
    assert (_found(root, cassette.schema) == []) or not GoVcr().conforms(root)
    for interaction in cassette.interactions:
        for message in (interaction.request, interaction.response):
            assert isinstance(message.body.text, str)
            assert isinstance(message.body.data, bytes)
            assert all(isinstance(line.value, str) for line in message.headers)


# Recognition and versions.


@pytest.mark.parametrize(
    ("text", "recognised"),
    [
        ("version: 2\ninteractions: [{request: {url: x}, response: {}}]", True),
        ("interactions: [{request: {url: x}}]", True),
        ("interactions: [{request: {proto: HTTP/1.1}}]", True),
        ("interactions: [{request: {}, response: {code: 200}}]", True),
        ("interactions: [5, {request: {url: x}}]", True),
        ("version: 2\ninteractions: []", True),
        ("version: 2\ninteractions: null", True),
        ("version: 2\ninteractions:", True),
        ("interactions: []\nversion: 2", True),
        ("interactions: []\nversion: 1", False),
        ("version: 1\ninteractions: 5", False),
        ("version: 1", False),
        ("interactions: [{request: {uri: x}, response: {status: {code: 200}}}]", False),
        ("interactions: [{request: {uri: x, url: y}}]", False),
        ("interactions: [{request: {}, response: {}}]", False),
        ("interactions: [{request: 5, response: {code: 1}}]", True),
        ("interactions: [{id: 0, response: {code: 1}}]", True),
        ("version: 2\ninteractions: [null]", True),
        ("version: 2\ninteractions: [foo]", True),
        ("version: 2\ninteractions: [{id: 0}, {id: 1, request: []}]", True),
        ("version: 2\ninteractions: [{kind: message}]", False),
        ("version: 1\ninteractions: [{request: {uri: x}, response: {}}]", False),
        ("interactions: [null]\nversion: 1", False),
        ("interactions: [foo]", False),
        ("interactions: {request: {url: x}}", False),
    ],
)
def test_a_recording_of_go_vcr_is_recognised(text: str, recognised: bool) -> None:
    root = _parsed(text)
    assert isinstance(root, Mapping)
    assert GoVcr().recognises(root) is recognised


@pytest.mark.parametrize(
    ("version", "stated"),
    [
        ("3", "version 3"),
        ("0", "version 0"),
        ("-1", "version -1"),
        ("'2'", "the string '2' for its version, where an integer is expected"),
        ("2.0", "the number 2.0 for its version, where an integer is expected"),
        ("two", "the string 'two' for its version, where an integer is expected"),
        ("null", "null for its version, where an integer is expected"),
        ("[2]", "a list for its version, where an integer is expected"),
        ("{}", "a mapping for its version, where an integer is expected"),
        ("!!binary Mg==", "the string 'Mg==' for its version, where an integer is expected"),
        ("9" * 50, f"the string '{'9' * 39}…' for its version, where an integer is expected"),
    ],
)
def test_a_version_that_cannot_be_read_is_named(version: str, stated: str) -> None:
    outcome = read(_parsed(_V2.replace("version: 2", f"version: {version}")))
    assert not isinstance(outcome, Cassette)
    assert outcome.reason == f"a go-vcr cassette that states {stated}; versions 1 and 2 can be read"
    assert (outcome.format_name, outcome.resembles) == ("go-vcr", True)


def test_a_recording_without_a_version_is_refused() -> None:
    outcome = read(_parsed(_V2.replace("version: 2\n", "")))
    assert not isinstance(outcome, Cassette)
    assert outcome.reason == "a go-vcr cassette that states no version; versions 1 and 2 can be read"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("1m2.5s", 62.5), ("1500", 1.5e-6), ("547.2ms", 0.5472), ("-5s", None), ("0s", None), ("x", None)],
)
def test_a_duration_is_more_than_nothing(text: str, expected: float | None) -> None:
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize(("duration", "conforms"), [('""', True), ("", True), ("!!int ''", False), ("!!null ''", True)])
def test_an_empty_duration_of_version_1_is_text_or_null(duration: str, conforms: bool) -> None:
    text = _V1.replace('duration: ""', f"duration: {duration}")
    assert text != _V1 or duration == '""'
    root = parse(text.encode(), "cassette.yaml").root
    assert root is not None
    assert (_conforms(text), _found(root, "go-vcr-v1") == []) == (conforms, conforms)
