"""The first look at all texts of an interaction passes over none in which the closer look finds something."""

import base64
import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cassette_tools.credentials.patterns import PATTERNS
from cassette_tools.formats.registry import read as read_format
from cassette_tools.loading import load_bytes
from cassette_tools.model import Cassette, Interaction
from cassette_tools.protocols.registry import read as read_answer
from cassette_tools.secrets import views
from cassette_tools.secrets.finder import CODES, Finder
from cassette_tools.secrets.options import SecretOptions
from cassette_tools.secrets.views import Recorded
from cassette_tools.source import files
from cassette_tools.source.parse import parse

FIRST = Finder(CODES)
CLOSE = Finder(CODES, SecretOptions(known={"NOWHERE": "a value that is in no recording"}))
"""What is known may be spelt in many ways: each text is looked at closely for it."""
SAID = "something of some length, so to speak"
CODED = base64.b64encode(SAID.encode()).decode()


def _passed_over(interaction: Interaction) -> set[tuple[str, str]]:
    transcript = read_answer(interaction)
    first, close = FIRST.find(interaction, transcript), CLOSE.find(interaction, transcript)
    told = [{(secret.code, secret.value, str(secret.route)) for secret in found} for found in (first, close)]
    assert told[0] <= told[1]
    return {(code, where) for code, _, where in told[1] - told[0]}


def _recording(place: str, text: str) -> Interaction:
    line = text.replace("\r", "").replace("\n", " ")
    request = {"method": "POST", "uri": "https://a.example/", "headers": {"X-Some": ["some"]}, "body": "some"}
    response = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "some"}}
    if place == "url":
        request["uri"] = f"https://a.example/{line}"
    elif place == "header":
        request["headers"] = {"X-Other": ["other"], "X-Some": [line], "X-More": ["more"]}
    elif place == "request":
        request["body"] = text
    else:
        response["body"] = {"string": f"{'word ' * 3000}{text}"}
    data = json.dumps({"version": 1, "interactions": [{"request": request, "response": response}]})
    return load_bytes(data.encode(), "x.json").interactions[0]


@pytest.mark.parametrize("place", ["url", "header", "request", "response"])
def test_no_sample_is_passed_over(place: str) -> None:
    for sample in ("".join(parts) for pattern in PATTERNS for parts in pattern.true):
        for text in (sample, json.dumps(sample)[1:-1], base64.b64encode(f"so: {sample}, and more".encode()).decode()):
            assert _passed_over(_recording(place, text)) == set(), text


@given(
    st.lists(
        st.lists(
            st.sampled_from(
                [
                    *(CODED, CODED.rstrip("="), base64.b64encode(gzip.compress(SAID.encode(), mtime=0)).decode()),
                    *("\\n", "\\u0022", "%22", "%2525", "/", "_", "-", "x", " ", "é", "ab" * 13, "Zm"),
                    *("\\/", "\\u0041", "%41", "%20"),
                ]
            ),
            max_size=6,
        ).map("".join),
        max_size=5,
    )
)
@settings(deadline=None)
def test_a_text_that_holds_another_under_a_coding_is_not_passed_over(texts: list[str]) -> None:
    holding = {number for number, text in enumerate(texts) if Recorded(text, ()).inner}
    assert holding <= views.hiding(texts)


@pytest.mark.parametrize(
    "text", ["just \\n some %20 text\\", "é" * 40, "supercalifragilisticexpialidocious", "a/b " * 9]
)
def test_a_text_that_holds_none_is_passed_over(text: str) -> None:
    assert views.hiding(["", text, CODED, text]) == {2}


@pytest.mark.corpus
def test_no_secret_of_a_recording_is_passed_over(corpus: Path) -> None:
    for path in sorted(path for path in corpus.rglob("*") if path.is_file()):
        cassette = read_format(parse(files.read(path), path.name).root)
        for interaction in cassette.interactions if isinstance(cassette, Cassette) else ():
            assert _passed_over(interaction) == set(), path
