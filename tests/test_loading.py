"""From a file to the model, or a clear word about why not."""

import gzip
from pathlib import Path

import pytest

import cassette_tools
from cassette_tools.loading import LoadError, load, load_bytes

CASSETTE = b"""\
version: 2
interactions:
- id: 0
  request: {url: "https://api.example.com/v1/models", method: GET}
  response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
"""


def test_a_cassette_is_loaded_from_a_file_plain_or_gzipped(tmp_path: Path) -> None:
    plain, packed = tmp_path / "a.yaml", tmp_path / "a.yaml.gz"
    plain.write_bytes(CASSETTE)
    packed.write_bytes(gzip.compress(CASSETTE))
    for path in (plain, str(packed)):
        cassette = load(path)
        assert (cassette.format_name, cassette.version) == ("go-vcr", 2)
        assert cassette.interactions[0].request.url == "https://api.example.com/v1/models"


def test_what_is_unusual_and_readable_is_no_obstacle() -> None:
    twice = CASSETTE.replace(b"method: GET", b"method: GET, method: POST")
    assert len(load_bytes(twice, "a.yaml").interactions) == 1


@pytest.mark.parametrize(
    ("data", "message", "resembles"),
    [
        (b"", "a.yaml: not a cassette: it holds no interactions", False),
        (b"services: {}\n", "a.yaml: not a cassette: it holds no interactions", False),
        (b"version: 2\ninteractions: {\n", "a.yaml:3:1: while parsing a flow node", True),
        (b"text: interactions {\nother: [\n", "a.yaml:3:1: while parsing a flow node", False),
        (CASSETTE.replace(b"version: 2", b"version: 9"), "a.yaml: a go-vcr cassette that states version 9", True),
        (b"openapi: 3.1.0\npaths: {request: response}\n", "a.yaml: not an HTTP cassette: an OpenAPI document", False),
        (b"<<<<<<< a\n" + CASSETTE + b"=======\n>>>>>>> b\n", "a.yaml:1:1: a merge conflict", True),
        (b"\xff\xfei\0n\0", "a.yaml:1:1: the file is not UTF-8 text", False),
    ],
)
def test_what_is_no_cassette_is_said_with_its_place(data: bytes, message: str, resembles: bool) -> None:
    with pytest.raises(LoadError) as raised:
        load_bytes(data, "a.yaml")
    assert raised.value.message.startswith(message)
    assert raised.value.hint
    assert raised.value.resembles is resembles


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(LoadError) as raised:
        load(tmp_path)
    assert raised.value.message == f"{tmp_path}: not a regular file"


@pytest.mark.parametrize("name", cassette_tools.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(cassette_tools, name).__name__ == name


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        cassette_tools.nothing  # noqa: B018
