"""A secret is not shown in any of the spellings that it has in a recording."""

import json
from urllib.parse import quote

import pytest

from cassette_tools.lint.engine import lint_bytes
from cassette_tools.loading import load_bytes
from cassette_tools.operations.diff.ids import Names
from cassette_tools.protocols.registry import read
from cassette_tools.report import textconv
from cassette_tools.secrets.hidden import Hidden
from cassette_tools.text import mask_with_codings
from tests.recordings import recording

BODY = "Zx7Qm2Lp9Tr4Vb8N" + "cW3dY6fHk1Gs5Ju0" * 3
PEM = f"-----BEGIN {'PRIVATE'} KEY-----\n{BODY}\n{BODY[::-1]}\n-----END {'PRIVATE'} KEY-----\n"
HOOK = "https://hooks." + "slack.com/services/T0CFAUZN1CU/BO24OELM6BQ/" + "uFhI0z1mQ7Lp9Tr4Vb8NcW3d"


def _twice(text: str) -> str:
    return quote(quote(text, safe=""), safe="")


@pytest.mark.parametrize("secret", [PEM, HOOK])
@pytest.mark.parametrize("encode", [lambda text: quote(text, safe=""), _twice])
def test_what_is_percent_encoded_is_hidden_in_that_spelling(secret: str, encode: object) -> None:
    assert callable(encode)
    data = json.loads(recording({}, "{}", "application/json"))
    request = data["interactions"][0]["request"]
    request["body"] = f"a=1&k={encode(secret)}"
    request["headers"] = {"Content-Type": ["application/x-www-form-urlencoded"]}
    request["uri"] = f"https://a.example/?x={encode(secret)}"
    cassette = load_bytes(json.dumps(data).encode(), "x.json")
    hidden = Hidden()
    for interaction in cassette.interactions:
        hidden.look_into(interaction, read(interaction))
    shown = "".join(textconv.write(cassette, Names(), hidden.mask))
    part = HOOK[-10:] if secret == HOOK else BODY[8:16]
    assert part in encode(secret)
    assert part not in shown


@pytest.mark.parametrize("encode", [lambda text: quote(text, safe=""), _twice])
def test_what_is_percent_encoded_is_masked_where_nothing_is_known_of_it(encode: object) -> None:
    assert callable(encode)
    shown = mask_with_codings(f"see data:text/plain,{encode(HOOK)} and 100%25 more")
    assert "uFhI0z1m" not in shown
    assert shown.startswith("see data:text/plain,")
    assert shown.endswith("* and 100%25 more")


def test_the_other_half_of_a_key_that_a_line_break_cuts_is_not_shown() -> None:
    half = "Tuwpw6AqX2lLNp53rp4W8xxMUumK74L"
    text = recording({}, json.dumps({"o": f"sk-{'proj-'}Zx7Qm2Lp9Tr4Vb8NcW3dY6fH\n{half} ok"}), "application/json")
    (finding,) = (it for it in lint_bytes(text.encode(), "x.json").findings if it.code == "CT603")
    assert finding.source_line is not None
    assert half[4:] not in finding.source_line.text
    assert " ok" in finding.source_line.text
