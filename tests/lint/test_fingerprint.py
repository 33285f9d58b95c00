"""A finding is the same one after another recording, and another one when something else is wrong."""

import pytest

from cassette_tools.lint.engine import lint_bytes

URL = "https://api.example.com/v1/threads/thread_0123456789abcdefghij/runs?since=1732000000"
CHUNK = '{"id":"chatcmpl-%s","choices":[{"index":0,"delta":{"content":"%s"},"finish_reason":%s}]}'


def _recording(
    *,
    url: str = URL,
    number: int = 0,
    ident: str = "abc",
    words: tuple[str, ...] = ("Hi",),
    length: int = 3,
    last: str = "",
) -> str:
    """A stream that breaks off, with a recorded length that is wrong."""
    events = "".join(f"          data: {CHUNK % (ident, word, 'null')}\n\n" for word in words)
    return f"""\
- id: {number}
  request: {{url: "{url}", method: POST}}
  response:
    code: 200
    headers: {{Content-Type: [text/event-stream]}}
    content_length: {length}
    body: |+
{events}          data: {{"choices":{last}
"""


def _fingerprints(*interactions: str, head: str = "version: 2\n") -> set[tuple[str, str]]:
    text = f"{head}interactions:\n{''.join(interactions)}"
    return {(finding.code, finding.fingerprint) for finding in lint_bytes(text.encode(), "x.yaml").findings}


def test_another_recording_with_other_ids_dates_lines_lengths_and_fragments_has_the_same_findings() -> None:
    first = _fingerprints(_recording())
    assert {code for code, _ in first} == {"CT201", "CT301", "CT401"}
    again = _recording(
        url="https://api.example.com/v1/threads/thread_zyxwvutsr9876543210a/runs?since=1764000000",
        ident="another",
        words=("How", " are", " you", "?"),
        length=77,
        last="[{",
    )
    assert _fingerprints(again, head="# recorded again\n\nversion: 2\n") == first


def test_the_name_of_the_file_is_not_in_it() -> None:
    text = f"version: 2\ninteractions:\n{_recording()}".encode()
    one, other = lint_bytes(text, "x.yaml"), lint_bytes(text, "y.yaml")
    assert [finding.fingerprint for finding in one.findings] == [finding.fingerprint for finding in other.findings]


@pytest.mark.parametrize("url", ["https://api.example.com/v1/models", "https://api.example.org/v1/threads"])
def test_another_request_has_other_findings(url: str) -> None:
    assert not _fingerprints(_recording()) & _fingerprints(_recording(url=url))


def test_of_equal_requests_each_has_its_own_findings_and_new_ones_before_others_change_none() -> None:
    both = _fingerprints(_recording(), _recording(number=1))
    assert len([code for code, _ in both if code == "CT301"]) == 2
    other = _recording(url="https://api.example.com/v1/models")
    shifted = _fingerprints(other, _recording(number=1), _recording(number=2))
    assert {item for item in both if item[0] == "CT301"} < shifted


def test_the_severity_and_the_place_are_in_it() -> None:
    one = "- id: 0\n  request: {url: 'https://x.example/', method: GET, %s}\n  response: {code: 200, headers: {}}\n"
    found = [_fingerprints(one % key) for key in ("bodi: 1", "body: [1]", "proto: [1]")]
    assert len(set.union(*found)) == 3
