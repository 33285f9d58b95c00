"""What of the rules about secrets ``cases/`` cannot show: packed bodies, exact places, what is said of a secret."""

import base64
import gzip
import json
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from typing import Any

import brotli
import pytest
import yaml

from cassette_tools.credentials.context import shown
from cassette_tools.finding import Finding
from cassette_tools.lint.engine import lint_bytes
from cassette_tools.lint.settings import Settings
from cassette_tools.rules.base import Rule
from cassette_tools.rules.registry import NAMES, RuleSet
from cassette_tools.secrets.finder import CODES, Finder, Secret
from cassette_tools.secrets.options import SecretOptions

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

WORD = "Zx7Qm2Lp" + "9Tr4Vb8N"
KEY = "sk-" + "proj-" + WORD + "cW3dY6fH" + "k1Gs5Ju0"
PEM = "-----BEGIN PRIV" + "ATE KEY-----\nMIIE" + WORD * 4 + "\n" + WORD + "\n-----END PRIV" + "ATE KEY-----\n"
ORGANIZATION = "org-" + WORD + "q7Vx"
KNOWN = "correct-horse-" + "battery"
OPTIONS = SecretOptions(known={"ACME_SECRET": KNOWN})
ALL = Settings(RuleSet(frozenset(NAMES)), secrets=OPTIONS)


def _lint(recording: dict[str, Any], settings: Settings = ALL) -> tuple[str, list[Finding]]:
    """The recording as a file, and what the rules about secrets find in it."""
    text = yaml.safe_dump(recording, sort_keys=False, width=10**6, allow_unicode=True)
    found = lint_bytes(text.encode(), "recording.yaml", settings=settings).findings
    return text, [finding for finding in found if finding.code in CODES]


def _recording(
    body: str | bytes = "",
    headers: dict[str, str] | None = None,
    *,
    side: str = "response",
    url: str = "https://api.example.com/v1/x",
) -> dict[str, Any]:
    lists = {name: [value] for name, value in (headers or {}).items()}
    is_request = side == "request"
    return {
        "version": 1,
        "interactions": [
            {
                "request": {
                    "method": "POST",
                    "uri": url,
                    "body": body if is_request else None,
                    "headers": lists if is_request else {},
                },
                "response": {
                    "status": {"code": 200, "message": "OK"},
                    "headers": {} if is_request else lists,
                    "body": {"string": "" if is_request else body},
                },
            }
        ],
    }


PACKED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "gzip": (gzip.compress, "gzip"),
    "deflate": (zlib.compress, "deflate"),
    "deflate without its frame": (lambda data: zlib.compress(data, wbits=-15), "deflate"),
    "br": (brotli.compress, "br"),
    "zstd": (zstd.compress, "zstd"),
    "two codings": (lambda data: brotli.compress(gzip.compress(data)), "gzip, br"),
}
HELD = {
    "CT602": ("https://x.example.com/a?api_" + f"key={WORD}", "error", "a credential in a URL"),
    "CT603": (KEY, "error", "an OpenAI project key"),
    "CT606": (PEM, "error", "a private key"),
    "CT607": (ORGANIZATION, "info", "an OpenAI organization"),
    "CT608": ("jane.doe@" + "acme-corp.com", "info", "an e-mail address"),
    "CT609": (KNOWN, "error", "the value of ACME_SECRET"),
}


@pytest.mark.parametrize("code", HELD)
@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("side", ["request", "response"])
def test_a_packed_body_is_looked_into(code: str, name: str, side: str) -> None:
    pack, coding = PACKED[name]
    secret, severity, title = HELD[code]
    data = pack(json.dumps({"before": "é", "it": secret}, ensure_ascii=False).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": coding}
    _, found = _lint(_recording(data, headers, side=side))
    body = {"request": "body", "response": "body.string"}[side]
    assert [(one.code, one.severity.label, one.route) for one in found] == [
        (code, severity, f"interactions[0].{side}.{body}")
    ]
    assert found[0].message.startswith(f"{title} in the {side} body, in {coding}: ")


def test_a_packed_body_is_looked_into_where_no_header_says_that_it_is_packed() -> None:
    _, found = _lint(_recording(gzip.compress(KEY.encode())))
    assert [one.message for one in found] == [
        "an OpenAI project key in the response body, in gzip: 'sk…u0' (40 characters)"
    ]


@pytest.mark.parametrize("name", ["gzip", "deflate"])
def test_packed_base64_in_json_is_looked_into(name: str) -> None:
    packed = base64.b64encode(PACKED[name][0](f"the key is {KEY}".encode())).decode()
    text, found = _lint(_recording(json.dumps({"a": packed})))
    assert [one.message for one in found] == [
        f"an OpenAI project key in the response body, in base64, {name}: 'sk…u0' (40 characters)"
    ]
    assert _marked(text, found[0]) == packed


def _marked(text: str, finding: Finding) -> str:
    line, column, end_line, end_column = finding.location
    assert line == end_line
    return text.split("\n")[line - 1][column - 1 : end_column - 1]


@pytest.mark.parametrize(
    ("recording", "code"),
    [
        (_recording(headers={"Authorization": f"Bearer {WORD}"}, side="request"), "CT601"),
        (_recording(headers={"Authorization": f'Token token="{WORD}", x=1'}, side="request"), "CT601"),
        (_recording(headers={"X-Api-Key": f"  {WORD}"}), "CT601"),
        (_recording(url=f"https://jane:{WORD}@api.example.com/"), "CT602"),
        (_recording(url=f"https://api.example.com/?a=ü&key={WORD}&x=1#top"), "CT602"),
        (_recording(headers={"Location": f"/cb?code={WORD}&state=1"}), "CT602"),
        (_recording(json.dumps({"a": "é 😀", "api_" + "key": WORD}, ensure_ascii=False)), "CT603"),
        (_recording('a: it\'s "quoted" and pass' + f"word={WORD};"), "CT603"),
        (_recording(headers={"Set-Cookie": f"sid={WORD}; Path=/"}), "CT605"),
        (_recording(headers={"Cookie": f'a=1; sid="{WORD}"; b=2'}, side="request"), "CT605"),
        (_recording(headers={"Openai-Organization": WORD}), "CT607"),
        (_recording(f"at /Users/{WORD}/src"), "CT608"),
    ],
)
def test_what_is_marked_is_the_secret_and_nothing_else(recording: dict[str, Any], code: str) -> None:
    text, found = _lint(recording)
    assert [(one.code, _marked(text, one)) for one in found] == [(code, WORD)]


def test_of_a_split_secret_the_first_fragment_is_marked() -> None:
    pieces = ["It is ", KEY[:15], KEY[15:22], KEY[22:] + "."]
    events = [{"choices": [{"index": 0, "delta": {"content": piece}}]} for piece in pieces]
    end: dict[str, Any] = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    body = "".join(f"data: {json.dumps(event)}\n\n" for event in [*events, end]) + "data: [DONE]\n\n"
    recording = _recording(
        body, {"Content-Type": "text/event-stream"}, url="https://api.example.com/v1/chat/completions"
    )
    text, found = _lint(recording)
    assert [one.code for one in found] == ["CT604"]
    assert _marked(text, found[0]) == KEY[:15]
    assert found[0].route == "interactions[0].response.body.string event 1"


@pytest.mark.parametrize("size", [*range(1, 30), 200])
def test_no_more_than_two_characters_of_each_end_are_shown_and_the_length(size: int) -> None:
    secret = (WORD + KEY[::-1] + WORD * 20)[:size]
    text = shown(secret)
    edges = re.fullmatch(r"(?:'(.{1,2})…(.{1,2})' )?\(([0-9]+) characters?\)", text)
    assert edges is not None
    assert int(edges.group(3)) == size
    first, last = edges.group(1) or "", edges.group(2) or ""
    assert secret.startswith(first)
    assert secret.endswith(last)
    # Nine tenths of it stay hidden at least.
    assert len(first + last) * 5 <= size


@pytest.mark.parametrize("method", ["check_secrets"])
def test_each_rule_is_given_all_secrets_and_reports_its_own(method: str) -> None:
    rules = list(RuleSet(frozenset(NAMES)).rules_with(method))
    assert {rule.code for rule in rules} == CODES
    recording = _recording(
        json.dumps({"a": KEY, "b": PEM, "c": ORGANIZATION, "d": KNOWN}), {"Authorization": f"Bearer {WORD}"}
    )
    _, found = _lint(recording)
    assert sorted(one.code for one in found) == ["CT601", "CT603", "CT606", "CT607", "CT609"]
    assert {one.code: one.name for one in found}.items() <= NAMES.items()


def test_rules_about_secrets_are_not_asked_where_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def rules_with(self: RuleSet, method: str, original: Any = RuleSet.rules_with) -> Any:
        asked.append(method)
        return original(self, method)

    monkeypatch.setattr(RuleSet, "rules_with", rules_with)
    _lint(_recording('{"a": "REDACTED"}', {"Authorization": "Bearer REDACTED"}))
    assert "check_secrets" not in asked
    _lint(_recording(KEY))
    assert "check_secrets" in asked


def test_nothing_is_looked_for_where_no_rule_about_secrets_is_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def find(*_: object, **__: object) -> list[Secret]:
        raise AssertionError

    monkeypatch.setattr(Finder, "find", find)
    _lint(_recording(KEY), Settings(RuleSet(frozenset(("CT301", "CT108")))))
    with pytest.raises(AssertionError):
        _lint(_recording(KEY), Settings(RuleSet(frozenset(("CT607",)))))


@pytest.mark.parametrize("code", sorted(CODES - {"CT609"}))
def test_a_rule_alone_finds_what_it_finds_with_all_others(code: str) -> None:
    recording = _recording(
        json.dumps({"a": KEY, "b": PEM, "c": ORGANIZATION, "d": "jane.doe@" + "acme-corp.com"}),
        {"Authorization": f"Bearer {WORD}", "Set-Cookie": f"sid={WORD}", "Location": f"/?access_token={WORD}"},
    )
    _, together = _lint(recording)
    _, alone = _lint(recording, Settings(RuleSet(frozenset((code,)))))
    # The lines are not the same: what no rule looks for is not masked.
    assert [one._replace(source_line=None) for one in alone] == [
        one._replace(source_line=None) for one in together if one.code == code
    ]
    assert bool(alone) == (code != "CT604")


def test_a_clean_recording_imports_no_rule_about_secrets() -> None:
    script = (
        "import sys\nfrom cassette_tools.lint.engine import lint_bytes\n"
        'data = b\'version: 2\\ninteractions:\\n- id: 0\\n  request: {url: "https://a.example/v1", method: GET}\\n'
        "  response: {code: 200, headers: {}, body: ok}\\n'\n"
        "assert lint_bytes(data, 'x.yaml').findings == ()\n"
        "print(*(name for name in sys.modules if '.rules.secret' in name))\n"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


def test_a_rule_says_nothing_of_secrets_that_it_is_not_about() -> None:
    assert list(Rule().check_secrets(())) == []
