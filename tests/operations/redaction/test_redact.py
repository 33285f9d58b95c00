"""Redacting ends when nothing is left to be found; otherwise nothing is changed, and it is said why."""

from collections import Counter

import pytest

from cassette_tools.credentials.pattern import Pattern
from cassette_tools.loading import LoadError, load_bytes
from cassette_tools.model import Cassette
from cassette_tools.operations.redaction import redact as room
from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.redact import RedactionError, Redactor, redact
from cassette_tools.secrets.options import SecretOptions
from cassette_tools.source.document import Document

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
NAMED = "REDACTED-openai-project-key-1"
FILE = f"""\
version: 1
interactions:
- request:
    body: ''
    headers: {{Authorization: [Bearer {KEY}]}}
    url: https://api.example.com/v1
    method: GET
  response:
    body: 'so {KEY} it is'
    headers: {{}}
    status: 200 OK
    code: 200
"""


def _with(body: str) -> bytes:
    return FILE.replace(f"so {KEY} it is", body).replace(KEY, "x").encode()


def test_what_comes_of_it_is_the_file_the_model_and_what_was_found() -> None:
    redacted = Redactor().redact(FILE.encode(), "x.yaml")
    assert redacted.data.decode() == FILE.replace(KEY, NAMED)
    assert redacted.cassette.interactions[0].response.body.text == f"so {NAMED} it is"
    assert redacted.found == Counter({"openai-project-key": 2})
    assert redacted.before == FILE.replace(KEY, "*" * len(KEY))
    assert redacted.changed


def test_what_has_nothing_to_be_found_comes_back_as_it_is() -> None:
    data = FILE.replace(KEY, "REDACTED").encode()
    redacted = Redactor().redact(data, "x.yaml")
    assert (redacted.data, redacted.before, redacted.found, redacted.changed) == (data, data.decode(), Counter(), False)


def test_a_cassette_is_redacted_from_what_it_was_read_from() -> None:
    cassette = load_bytes(FILE.encode(), "x.yaml")
    redacted = redact(cassette)
    assert redacted.data.decode() == FILE.replace(KEY, NAMED)
    assert cassette.interactions[0].response.body.text == f"so {KEY} it is"
    assert redact(cassette, Policy(style="plain")).data.decode() == FILE.replace(KEY, "REDACTED")
    with pytest.raises(ValueError, match="the cassette was not read from a file"):
        redact(Cassette("go-vcr", 1, "go-vcr-v1", []))


def test_what_shows_only_when_something_else_is_gone_is_taken_out_too() -> None:
    first = Pattern("first", "a first one", "acme-([0-9]{8})")
    second = Pattern("second", "a second one", "REDACTED-first-1 (acme[a-z0-9]{16})")
    policy = Policy(secrets=SecretOptions([first, second]))
    secret, other = "74628193", "acme" + "q7m2xk9tr4v8bn3w"
    redacted = Redactor(policy).redact(_with(f"acme-{secret} {other}"), "x.yaml")
    assert redacted.data == _with("acme-REDACTED-first-1 REDACTED-second-1")
    assert redacted.found == Counter(first=1, second=1)
    assert redacted.before == _with(f"acme-{'*' * 8} {'*' * 20}").decode()


def test_a_secret_that_its_own_placeholder_holds_has_no_end() -> None:
    policy = Policy(secrets=SecretOptions(known={"MY_KEY": "my-key"}))
    with pytest.raises(RedactionError) as raised:
        Redactor(policy).redact(_with("say my-key"), "x.yaml")
    assert raised.value.message == "x.yaml: not redacted: there is no end to what is found"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            FILE.replace("{}", "{x-trace: &k [t], b: *k}").encode(),
            "x.yaml: not redacted: the edited file would not say what was intended",
        ),
        (
            FILE.replace("{}", "{a: &k X-Trace, *k : [t]}").encode(),
            "x.yaml: not redacted: an alias as a key",
        ),
    ],
    ids=["an anchor that is needed", "a key that is an alias"],
)
def test_what_cannot_be_edited_stays(data: bytes, message: str) -> None:
    with pytest.raises(RedactionError) as raised:
        Redactor(Policy(delete_headers=("x-trace",))).redact(data, "x.yaml")
    assert raised.value.message == message


@pytest.mark.parametrize("data", [b"", b"a: 1", FILE.encode() + b"\x07", b"[" + FILE.encode(), FILE.encode("utf-16")])
def test_what_is_no_cassette_is_not_redacted(data: bytes) -> None:
    with pytest.raises(LoadError):
        Redactor().redact(data, "x.yaml")


def test_a_key_of_a_structure_that_is_a_secret_is_an_error() -> None:
    request = f"{{method: POST, uri: 'https://a.example/', headers: {{}}, parsed_body: {{{KEY}: 1}}}}"
    data = f"interactions: [{{request: {request}, response: {{status: {{code: 200}}, headers: {{}}, body: {{}}}}}}]"
    with pytest.raises(RedactionError) as raised:
        Redactor().redact(data.encode(), "x.yaml")
    assert raised.value.message == ("x.yaml: not redacted: it stands where nothing can be changed: openai-project-key")


def test_a_result_that_is_no_cassette_is_never_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(data: bytes, name: str) -> Document:  # noqa: ARG001
        return Document(b"")

    monkeypatch.setattr(room, "parse", nothing)
    with pytest.raises(RedactionError) as raised:
        Redactor().redact(FILE.encode(), "x.yaml")
    assert raised.value.message == "x.yaml: not redacted: what would be written is not a cassette"
