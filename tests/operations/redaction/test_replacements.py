"""The same value has the same replacement in a whole run."""

import base64
import gzip

import pytest

from cassette_tools.operations.redaction.fakes import is_fake
from cassette_tools.operations.redaction.placeholders import Names, is_name
from cassette_tools.operations.redaction.policy import Style
from cassette_tools.operations.redaction.redact import Redactor
from cassette_tools.operations.redaction.replacements import Replacements, is_replacement

KEY = "sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"
OTHER = "sk-" + "proj-" + "Ea8RiPo2Xn4Kt7BvQe6Mz9LwUy3Dh5Cj"
RUN_KEY = b"0123456789abcdef"


def test_names_are_numbered_by_kind_in_the_order_in_which_values_come() -> None:
    names = Names()
    asked = [("openai-key", "a"), ("openai-key", "b"), ("cookie", "c"), ("openai-key", "a"), ("cookie", "a")]
    assert [names.name_of(kind, value) for kind, value in asked] == [
        "REDACTED-openai-key-1",
        "REDACTED-openai-key-2",
        "REDACTED-cookie-1",
        "REDACTED-openai-key-1",
        "REDACTED-openai-key-1",
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [("OpenAI key", "openai-key"), ("__x__", "x"), ("é", "secret"), ("", "secret"), ("X_API_KEY", "x-api-key")],
)
def test_a_kind_may_be_spelt_in_any_way(kind: str, name: str) -> None:
    assert Names().name_of(kind, "a") == f"REDACTED-{name}-1"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 1),
        ("REDACTED", 1),
        ("REDACTED-cookie-7", 1),
        ("x REDACTED-a-b-2 REDACTED-a-b-11,REDACTED-a-b-3", 12),
        ("REDACTED-a-b-02", 1),
        ("REDACTED-a-b-1234567890", 1),
    ],
)
def test_numbers_go_on_behind_those_that_a_text_has_already(text: str, number: int) -> None:
    names = Names()
    names.reserve(text)
    assert names.name_of("a-b", "x") == f"REDACTED-a-b-{number}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("REDACTED-openai-key-1", True),
        ("REDACTED-openai-key-12", True),
        ("REDACTED-openai-key-0", False),
        ("REDACTED-openai-key", False),
        ("xREDACTED-openai-key-1", False),
        ("REDACTED", False),
    ],
)
def test_names_are_known_as_such(value: str, expected: bool) -> None:
    assert is_name(value) is expected
    assert is_replacement(value) is (expected or value == "REDACTED")


@pytest.mark.parametrize("style", ["named", "plain", "fake"])
def test_what_is_chosen_is_known_as_a_replacement(style: Style) -> None:
    made = Replacements(style, RUN_KEY).of("openai-key", KEY)
    assert is_replacement(made)
    assert not is_replacement(KEY)
    assert {"named": made == "REDACTED-openai-key-1", "plain": made == "REDACTED", "fake": is_fake(made)}[style]


def test_fakes_need_a_key() -> None:
    with pytest.raises(ValueError, match="fakes are made with a key"):
        Replacements("fake")


def _recording(body: str) -> bytes:
    return (
        "version: 1\ninteractions:\n- request: {method: GET, url: 'https://api.example.com/', headers: {}, body: ''}\n"
        f"  response: {{code: 200, headers: {{}}, body: '{body}'}}\n"
    ).encode()


@pytest.mark.parametrize("style", ["named", "plain", "fake"])
def test_all_files_of_a_run_have_the_same_replacement_of_a_value(style: Style) -> None:
    replacements = Replacements(style, RUN_KEY)
    one, two = Redactor(replacements=replacements), Redactor(replacements=replacements)
    texts = [
        redactor.redact(_recording(body), name).data.decode()
        for redactor, body, name in ((one, f"{KEY} {OTHER}", "a.yaml"), (two, f"{OTHER} {KEY}", "b.yaml"))
    ]
    (first, second), (third, fourth) = (text.split("body: '")[2].split("'")[0].split() for text in texts)
    assert (first, second) == (fourth, third)
    assert (first == second) is (style == "plain")


def test_a_file_that_was_redacted_before_gives_away_no_name_twice() -> None:
    after = Redactor().redact(
        _recording(f"REDACTED-openai-project-key-1 {KEY} REDACTED-openai-project-key-4"), "x.yaml"
    )
    assert b"'REDACTED-openai-project-key-1 REDACTED-openai-project-key-5 REDACTED-openai-project-key-4'" in after.data


def test_a_name_that_is_hidden_in_a_body_is_not_given_away_again() -> None:
    packed = base64.b64encode(gzip.compress(b"before: REDACTED-openai-project-key-3")).decode()
    after = Redactor().redact(_recording(f"{packed} {KEY}"), "x.yaml").data
    assert b"REDACTED-openai-project-key-4" in after


def test_a_name_that_a_later_file_has_for_something_else_is_not_used_there() -> None:
    redactor = Redactor()
    redactor.redact(_recording(KEY), "a.yaml")
    after = redactor.redact(_recording(f"REDACTED-openai-project-key-1 {KEY} {KEY}"), "b.yaml").data.decode()
    assert after.split("body: '")[2].split("'")[0].split() == [
        f"REDACTED-openai-project-key-{number}" for number in (1, 2, 2)
    ]
