"""What is read equals what the recorders' own loaders read, field by field and body byte for byte."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from cassette_tools.formats.registry import conforms, read
from cassette_tools.model import Cassette, Headers, Message
from cassette_tools.source.parse import parse

pytestmark = pytest.mark.corpus


def _cassettes(folder: Path, name: str) -> list[tuple[Path, Cassette]]:
    found = []
    for path in sorted(folder.rglob("*.y*ml")):
        outcome = read(parse(path.read_bytes(), path.name).root)
        if isinstance(outcome, Cassette) and outcome.format_name == name:
            found.append((path, outcome))
    return found


def _lines(headers: Headers) -> list[tuple[str, str]]:
    return [(line.name, line.value) for line in headers]


def _expected_lines(headers: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, value.decode("latin-1") if isinstance(value, bytes) else str(value))
        for name, values in headers.items()
        for value in (values if isinstance(values, list) else [values])
    ]


def _raw(message: Message) -> bytes:
    raw = message.body.raw
    return raw.encode() if isinstance(raw, str) else raw or b""


def test_vcrpy_files_are_read_as_vcrpy_reads_them(corpus: Path) -> None:
    compared = refused = 0
    for path, cassette in _cassettes(corpus, "VCR.py"):
        text = path.read_text(encoding="utf-8")
        if "parsed_body:" in text:
            continue  # another serializer's: the next test
        try:
            requests, responses = deserialize(text, yamlserializer)
        except (ValueError, TypeError):
            # It has a tag that VCR.py's safe loader refuses, or a response of a release that is not read any more.
            refused += 1
            continue
        assert len(requests) == len(cassette.interactions)
        for ours, request, response in zip(cassette.interactions, requests, responses, strict=True):
            assert (ours.request.method, ours.request.url) == (request.method, request.uri), path
            if isinstance(request.body, bytes | None):
                assert _raw(ours.request) == (request.body or b""), path
            else:
                assert ours.request.body.json() == request.body, path
            expected = [(name, value) for name, value in _expected_lines(dict(request.headers))]
            assert sorted(_lines(ours.request.headers)) == sorted(expected), path
            status = response.get("status") or {"code": response["status_code"], "message": ""}
            assert (ours.response.code, ours.response.status_line) == (status["code"], status["message"] or ""), path
            body = response["body"]["string"] if "body" in response else response["content"].encode()
            assert _raw(ours.response) == (body or b""), path
            assert _lines(ours.response.headers) == _expected_lines(response["headers"]), path
            compared += 1
    assert compared > 400
    assert refused < 60


class _Tolerant(yaml.CSafeLoader):
    """PyYAML's safe loader with Ruby's ``!binary`` as bytes and tagged objects as their plain value."""


def _plain(loader: _Tolerant, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.SequenceNode):
        items = loader.construct_sequence(node, deep=True)
        return items[0] if len(items) == 1 else tuple(items)
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    assert isinstance(node, yaml.ScalarNode)
    return loader.construct_scalar(node)


_Tolerant.add_constructor("!binary", yaml.SafeLoader.yaml_constructors["tag:yaml.org,2002:binary"])
_Tolerant.add_multi_constructor("tag:yaml.org,2002:python/", _plain)
_Tolerant.add_multi_constructor("!ruby/", _plain)


def _body(value: Any) -> bytes:
    if isinstance(value, dict):
        value = base64.b64decode(value["base64_string"]) if "base64_string" in value else value["string"]
    return value.encode() if isinstance(value, str) else value or b""


def test_ruby_vcr_files_are_read_as_a_plain_yaml_load_has_them(corpus: Path) -> None:
    compared = 0
    for path, cassette in _cassettes(corpus, "Ruby VCR"):
        document = yaml.load(path.read_bytes(), Loader=_Tolerant)
        for ours, theirs in zip(cassette.interactions, document["http_interactions"], strict=True):
            request, response = theirs["request"], theirs["response"]
            assert (ours.request.method, ours.request.url) == (request["method"].upper(), request["uri"]), path
            assert (ours.response.code, ours.response.status_line) == tuple(response["status"].values()), path
            assert (_raw(ours.request), _raw(ours.response)) == (_body(request["body"]), _body(response["body"])), path
            for mine, other in ((ours.request, request), (ours.response, response)):
                assert _lines(mine.headers) == _expected_lines(other["headers"]), path
            compared += 1
    assert compared > 300


def test_structured_bodies_are_the_json_that_they_stand_for(corpus: Path) -> None:
    compared = 0
    for path, cassette in _cassettes(corpus, "VCR.py"):
        if "parsed_body:" not in path.read_text(encoding="utf-8"):
            continue
        document = yaml.load(path.read_bytes(), Loader=_Tolerant)
        for ours, theirs in zip(cassette.interactions, document["interactions"], strict=True):
            for mine, other in ((ours.request, theirs["request"]), (ours.response, theirs["response"])):
                if "parsed_body" in other:
                    assert mine.body.json() == json.loads(json.dumps(other["parsed_body"])), path
                    compared += 1
    assert compared > 300


def test_every_file_is_a_cassette_or_a_recording_of_another_kind(corpus: Path) -> None:
    others = []
    for path in sorted(corpus.rglob("*.y*ml")):
        root = parse(path.read_bytes(), path.name).root
        outcome = read(root)
        if isinstance(outcome, Cassette):
            assert conforms(root, outcome.format_name), path
        else:
            assert outcome.recording, (path, outcome)
            others.append(path)
    assert len(others) < 10
