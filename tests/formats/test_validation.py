"""What a schema says against a document, in words and with a place."""

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cassette_tools import schemas
from cassette_tools.formats.validation import Violation, violations
from cassette_tools.source.parse import parse

SCHEMAS = sorted((Path(__file__).parents[2] / "schemas").glob("*.schema.json"))

_V1 = """\
version: 1
interactions:
- request: {body: "", form: {}, headers: {}, url: "https://a.example/", method: GET}
  response: {body: "", headers: {A: [b]}, status: 200 OK, code: 200, duration: ""}
"""
_V2 = """\
version: 2
interactions:
- id: 0
  request: {content_length: 0, body: "", headers: {}, url: "https://a.example/", method: GET}
  response:
    {content_length: 0, uncompressed: false, body: "", headers: {A: [b]}, status: 200 OK, code: 200, duration: 1s}
"""


def _violations(text: str, schema: str) -> list[Violation]:
    root = parse(text.encode(), "cassette.yaml").root
    assert root is not None
    return list(violations(root, schema))


def _said(text: str, schema: str) -> list[str]:
    said = []
    for violation in _violations(text, schema):
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in violation.path).lstrip(".")
        said.append(f"{path}: {violation.message}")
    return said


def test_healthy_recordings_have_nothing_against_them() -> None:
    assert _said(_V1, "go-vcr-v1") == _said(_V2, "go-vcr-v2") == []


_REQUEST, _RESPONSE = "interactions[0].request", "interactions[0].response"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("code: 200", "code: '200'", [f"{_RESPONSE}.code: expected an integer, found the string '200'"]),
        ("code: 200", "code: 200.5", [f"{_RESPONSE}.code: expected an integer, found the number 200.5"]),
        ("code: 200", "code: true", [f"{_RESPONSE}.code: expected an integer, found true"]),
        ("code: 200", "code: null", [f"{_RESPONSE}.code: expected an integer, found null"]),
        ("code: 200", "code: [200]", [f"{_RESPONSE}.code: expected an integer, found a list"]),
        ("code: 200", "code: {a: 200}", [f"{_RESPONSE}.code: expected an integer, found a mapping"]),
        ("code: 200, ", "", [f"{_RESPONSE}: 'code' is missing"]),
        ("status: 200 OK", "status: 200", [f"{_RESPONSE}.status: expected a string, found the integer 200"]),
        (", method: GET", "", [f"{_REQUEST}: 'method' is missing"]),
        ('url: "https://a.example/", ', "", [f"{_REQUEST}: 'url' is missing"]),
        (
            'url: "https://a.example/", method: GET',
            "",
            [f"{_REQUEST}: 'method' is missing", f"{_REQUEST}: 'url' is missing"],
        ),
        ("headers: {A: [b]}, ", "", [f"{_RESPONSE}: 'headers' is missing"]),
        ("method: GET", "method: 5", [f"{_REQUEST}.method: expected a string, found the integer 5"]),
        ("method: GET", "method: false", [f"{_REQUEST}.method: expected a string, found false"]),
        ("method: GET", "method: ~", [f"{_REQUEST}.method: expected a string, found null"]),
        ("method: GET", "method: []", [f"{_REQUEST}.method: expected a string, found a list"]),
        ("{A: [b]}", "[]", [f"{_RESPONSE}.headers: expected a mapping, found a list"]),
        ("{A: [b]}", "null", [f"{_RESPONSE}.headers: expected a mapping, found null"]),
        ("{A: [b]}", "{A: b}", [f"{_RESPONSE}.headers.A: expected a list, found a string"]),
        ("{A: [b]}", "{A: {b: c}}", [f"{_RESPONSE}.headers.A: expected a list, found a mapping"]),
        ("{A: [b]}", "{A: [[b]]}", [f"{_RESPONSE}.headers.A[0]: expected a string, found a list"]),
        ("{A: [b]}", "{A: [b, 5]}", [f"{_RESPONSE}.headers.A[1]: expected a string, found the integer 5"]),
        ("{A: [b]}", "{A: null}", []),
        ("{A: [b]}", "{A: [null]}", []),
        ("{A: [b]}", "{A: [!!binary 5A==]}", []),
        ('body: ""', "body: !!binary aGk=", []),
        ('body: ""', "body: null", []),
        ('body: ""', "body: {a: 1}", [f"{_REQUEST}.body: expected a string, found a mapping"]),
        (
            'body: ""',
            "bodi: ''",
            [f"{_REQUEST}.bodi: unknown key 'bodi' (did you mean 'body'?): the format does not have it"],
        ),
        ('body: ""', "zzz: ''", [f"{_REQUEST}.zzz: unknown key 'zzz': the format does not have it"]),
        (
            "method: GET",
            "Method: GET",
            [
                f"{_REQUEST}.Method: unknown key 'Method' (did you mean 'method'?): the format does not have it",
                f"{_REQUEST}: 'method' is missing",
            ],
        ),
        (
            "code: 200",
            'code: 200, "a\\eb": 5',
            [f"{_RESPONSE}.a\x1bb: unknown key 'a\\x1bb': the format does not have it"],
        ),
    ],
)
@pytest.mark.parametrize("schema", ["go-vcr-v1", "go-vcr-v2"])
def test_what_is_said_of_either_version(schema: str, old: str, new: str, said: list[str]) -> None:
    text = _V1 if schema.endswith("1") else _V2
    assert sorted(_said(text.replace(old, new, 1), schema)) == sorted(said)


def _duration(found: str) -> list[str]:
    wanted = "a Go duration such as 547.2ms, or an integer of nanoseconds"
    return [f"{_RESPONSE}.duration: expected {wanted}, found the string '{found}'"]


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        ("547.2ms", []),
        ("1h2m3.5s", []),
        ("1.5µs", []),
        ("'1.5μs'", []),
        ("100ns", []),
        (".5s", []),
        ("1.s", []),
        ("-1.5h", []),
        ("+1s", []),
        ("'0'", []),
        ("'-0'", []),
        ("1500", []),
        ("-1500", []),
        ("0", []),
        ("null", []),
        ("''", _duration("")),
        ("1", []),
        ("'1'", _duration("1")),
        ("1s-2s", _duration("1s-2s")),
        ("1 s", _duration("1 s")),
        ("1sec", _duration("1sec")),
        ("fast", _duration("fast")),
        (".s", _duration(".s")),
        ("5d", _duration("5d")),
        ("1.5", [f"{_RESPONSE}.duration: expected a string or an integer, found the number 1.5"]),
        ("true", [f"{_RESPONSE}.duration: expected a string or an integer, found true"]),
        ("[1s]", [f"{_RESPONSE}.duration: expected a string or an integer, found a list"]),
    ],
)
def test_durations_are_those_of_go(duration: str, said: list[str]) -> None:
    assert _said(_V2.replace("duration: 1s", f"duration: {duration}"), "go-vcr-v2") == said


def test_version_1_allows_an_empty_duration_too() -> None:
    assert _said(_V1.replace('duration: ""', "duration: fast"), "go-vcr-v1") == [
        (
            f"{_RESPONSE}.duration: expected a Go duration such as 547.2ms, an integer of nanoseconds, "
            "or empty when not measured, found the string 'fast'"
        )
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[]", [": expected a mapping, found a list"]),
        ("text", [": expected a mapping, found the string 'text'"]),
        ("version: 2", [": 'interactions' is missing"]),
        ("interactions: []", [": 'version' is missing"]),
        ("version: 1\ninteractions: []", ["version: expected 2, found the integer 1"]),
        ("version: '2'\ninteractions: []", ["version: expected 2, found the string '2'"]),
        ("version: true\ninteractions: []", ["version: expected 2, found true"]),
        ("version: 2\ninteractions: {}", ["interactions: expected a list, found a mapping"]),
        ("version: 2\ninteractions: 5", ["interactions: expected a list, found the integer 5"]),
        ("version: 2\ninteractions: null", []),
        ("version: 2\ninteractions: [5]", ["interactions[0]: expected a mapping, found the integer 5"]),
        ("version: 2\ninteractions: [null]", ["interactions[0]: expected a mapping, found null"]),
        (
            "version: 2\ninteractions: [{}]",
            ["interactions[0]: 'request' is missing", "interactions[0]: 'response' is missing"],
        ),
        (
            "version: 2\ninteractions: [{request: [], response: 5}]",
            [f"{_REQUEST}: expected a mapping, found a list", f"{_RESPONSE}: expected a mapping, found the integer 5"],
        ),
        (
            "version: 2\ninteractions: []\ninteraction: []",
            ["interaction: unknown key 'interaction' (did you mean 'interactions'?): the format does not have it"],
        ),
    ],
)
def test_what_is_said_of_the_upper_levels(text: str, said: list[str]) -> None:
    assert _said(text, "go-vcr-v2") == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: 0", "id: zero", ["interactions[0].id: expected an integer, found the string 'zero'"]),
        (
            "uncompressed: false",
            "uncompressed: 0",
            [f"{_RESPONSE}.uncompressed: expected true or false, found the integer 0"],
        ),
        (
            "uncompressed: false",
            "uncompressed: 'true'",
            [f"{_RESPONSE}.uncompressed: expected true or false, found the string 'true'"],
        ),
        (
            "content_length: 0",
            "content_length: many",
            [f"{_REQUEST}.content_length: expected an integer, found the string 'many'"],
        ),
        (
            "content_length: 0",
            "content_length: .inf",
            [f"{_REQUEST}.content_length: expected an integer, found the number inf"],
        ),
        (
            "content_length: 0",
            "transfer_encoding: chunked",
            [f"{_REQUEST}.transfer_encoding: expected a list, found the string 'chunked'"],
        ),
        (
            "content_length: 0",
            "transfer_encoding: [5]",
            [f"{_REQUEST}.transfer_encoding[0]: expected a string, found the integer 5"],
        ),
        ("content_length: 0", "content_length: 9223372036854775807", []),
        (
            "content_length: 0",
            "content_length: 9223372036854775808",
            [f"{_REQUEST}.content_length: expected at most {2**63 - 1}, found the integer {2**63}"],
        ),
        (
            "content_length: 0",
            "content_length: -9223372036854775809",
            [f"{_REQUEST}.content_length: expected at least {-(2**63)}, found the integer {-(2**63) - 1}"],
        ),
        ("content_length: 0", "trailer: [a]", [f"{_REQUEST}.trailer: expected a mapping, found a list"]),
        (
            "content_length: 0",
            "contentlength: 0",
            [
                (
                    f"{_REQUEST}.contentlength: unknown key 'contentlength' (did you mean 'content_length'?): "
                    "the format does not have it"
                )
            ],
        ),
        ("headers: {}, ", "", []),
        ("headers: {}", "headers: null", []),
    ],
)
def test_what_is_said_of_version_2(old: str, new: str, said: list[str]) -> None:
    assert _said(_V2.replace(old, new, 1), "go-vcr-v2") == said


def test_version_1_wants_headers_in_requests() -> None:
    assert _said(_V1.replace("headers: {}, ", ""), "go-vcr-v1") == [f"{_REQUEST}: 'headers' is missing"]


def test_only_an_unknown_key_is_ignored_by_recorders_and_its_place_is_the_key() -> None:
    (unknown,) = _violations(_V2.replace('body: ""', "bodi: ''", 1), "go-vcr-v2")
    assert (unknown.unknown, unknown.key, unknown.path) == (True, True, ("interactions", 0, "request", "bodi"))
    (wrong,) = _violations(_V2.replace("code: 200", "code: x"), "go-vcr-v2")
    assert (wrong.unknown, wrong.key, wrong.path) == (False, False, ("interactions", 0, "response", "code"))


def test_what_is_found_is_cut_and_safe_to_show() -> None:
    (violation,) = _violations(_V2.replace("code: 200", 'code: "\\e' + "x" * 100 + '"'), "go-vcr-v2")
    assert violation.message == "expected an integer, found the string '\\x1b" + "x" * 35 + "…'"
    secret = "sk-" + "a1" * 12
    (violation,) = _violations(_V2.replace("code: 200", f"code: {secret}"), "go-vcr-v2")
    assert secret not in violation.message


def test_the_value_of_a_header_is_not_told() -> None:
    (violation,) = _violations(_V2.replace("{A: [b]}", "{X-Anything: hunter2}"), "go-vcr-v2")
    assert violation.message == "expected a list, found a string"


def test_close_matches_are_looked_for_only_so_often() -> None:
    keys = ", ".join(f"metho{number}: x" for number in range(300))
    found = _violations(_V2.replace("method: GET", f"method: GET, {keys}"), "go-vcr-v2")
    assert len(found) == 300
    assert sum("did you mean" in violation.message for violation in found) == 100


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name.removesuffix(".schema.json"))
def test_a_schema_is_one_of_draft_2020_12(path: Path) -> None:
    name = path.name.removesuffix(".schema.json")
    schema = schemas.load(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:cassette-tools:schema:{name}"


_KEYWORDS = {
    "type",
    "required",
    "additionalProperties",
    "const",
    "pattern",
    "items",
    "properties",
    "$ref",
    "minimum",
    "maximum",
}
_NOTES = {"$schema", "$id", "$defs", "title", "description"}


@pytest.mark.parametrize("name", ["go-vcr-v1", "go-vcr-v2"])
def test_every_keyword_of_a_schema_has_its_words(name: str) -> None:
    """No "is not valid under any of the given schemas": what can be said with these keywords alone is said in words."""

    def check(schema: object) -> None:
        if not isinstance(schema, dict):
            return
        assert set(schema) <= _KEYWORDS | _NOTES
        if "pattern" in schema:
            assert re.search(r": [a-z A-Z0-9.,]+", schema["description"])  # what is wanted stands behind the colon
        for part in (*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()):
            assert "description" in part or "$ref" in part
            check(part)
        check(schema.get("items"))
        check(schema.get("additionalProperties"))

    check(schemas.load(name))
