"""Fakes look like what they stand for, say that they are fakes, and tell nothing of it."""

import base64
import json
import string
from ipaddress import ip_address, ip_network

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cassette_tools.credentials import context
from cassette_tools.credentials.pattern import Pattern
from cassette_tools.credentials.patterns import PATTERNS
from cassette_tools.credentials.scanner import Scanner
from cassette_tools.operations.redaction.fakes import fake, is_fake

A, B = b"0123456789abcdef" * 2, b"fedcba9876543210" * 2
DOCUMENTATION = [ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]
quick = settings(deadline=None, max_examples=150)


def _classes(text: str) -> str:
    """Upper, lower, digit or itself, for each character."""
    return "".join(
        "0" if char in string.digits else "a" if char.islower() else "A" if char.isupper() else char for char in text
    )


def _samples() -> list[tuple[Pattern, str, str, int, int]]:
    """Of each pattern's own samples: the text, and where the secret is in it."""
    found = []
    for pattern in PATTERNS:
        for parts in pattern.true:
            text = "".join(parts)
            hits = [hit for hit in Scanner([pattern]).hits(text) if hit.start < hit.end]
            found += [(pattern, text, text[hit.start : hit.end], hit.start, hit.end) for hit in hits[:1]]
    return found


SAMPLES = _samples()


@pytest.mark.parametrize("number", range(len(SAMPLES)), ids=[f"{n}-{s[0].name}" for n, s in enumerate(SAMPLES)])
def test_a_fake_of_whatever_is_found_is_never_found_again(number: int) -> None:
    pattern, text, secret, start, end = SAMPLES[number]
    made = fake(pattern.name, secret, A)
    assert made == fake(pattern.name, secret, A) != secret
    assert is_fake(made)
    assert context.is_placeholder(made)
    assert Scanner([pattern]).hits(text[:start] + made + text[end:]) == []


@quick
@given(st.text(string.ascii_letters + string.digits, min_size=12, max_size=80))
def test_a_fake_has_the_length_and_the_classes_of_characters_of_a_token(value: str) -> None:
    assume(len(set(value)) > 6 and not set(value) <= set(string.hexdigits))
    made = fake("token", value, A)
    assert len(made) == len(value)
    place = made.index("FAKE")
    assert _classes(made[:place]) == _classes(value[:place])
    assert _classes(made[place + 4 :]) == _classes(value[place + 4 :])
    assert place < 100
    assert is_fake(made)


@quick
@given(st.text(string.hexdigits[:16], min_size=9, max_size=80) | st.text(string.digits, min_size=9, max_size=40))
def test_a_fake_of_digits_starts_with_zeros_and_stays_hexadecimal(value: str) -> None:
    assume(len(value) != 32 or value.isdecimal())  # that would be a UUID
    made = fake("token", value, A)
    assert made.startswith("00000000")
    assert _classes(made[8:]) == _classes(value[8:])
    assert set(made) <= set(string.hexdigits)


@quick
@given(st.text(max_size=60), st.sampled_from(["openai-key", "home-path", "e-mail-address"]))
def test_a_fake_of_anything_is_one_that_is_known_as_such(value: str, kind: str) -> None:
    made = fake(kind, value, A)
    assert is_fake(made) or "FAKE" in made
    assert made == fake(kind, value, A)
    made.encode("utf-8")


@quick
@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=24, max_size=60))
def test_a_fake_shares_no_characters_but_by_chance(value: str) -> None:
    assume(len(set(value)) > 12)
    made, other = fake("token", value, A), fake("token", value, B)
    assert made != other
    for one, two in ((made, value), (made, other)):
        assert sum(map(str.__eq__, one, two)) < len(value) / 2


@pytest.mark.parametrize(
    ("value", "prefix"),
    [
        ("sk-" + "proj-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0", "sk-proj-"),
        ("sk-" + "ant-api03-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0-AA", "sk-ant-api03-"),
        ("org-" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fH", "org-"),
        ("h" + "f_" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0Ab", "hf_"),
        ("AK" + "IA" + "Q3EZTV2WLYKPHBN7", "AKIA"),
        ("gh" + "p_" + "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0AbCd", "ghp_"),
        ("https://hooks.slack." + "com/services/" + "T0Q3EZTV2/B0LYKPHBN/Zx7Qm2Lp9Tr4Vb8NcW3dY6fH",
         "https://hooks.slack.com/services/"),
    ],
)  # fmt: skip
def test_the_prefix_of_a_kind_stays(value: str, prefix: str) -> None:
    made = fake("token", value, A)
    assert made.startswith(prefix)
    assert len(made) == len(value)
    assert made[len(prefix) :] != value[len(prefix) :]
    place = made.index("FAKE")
    assert _classes(made[:place]) == _classes(value[:place])
    assert _classes(made[place + 4 :]) == _classes(value[place + 4 :])


def test_the_ending_of_a_kind_stays() -> None:
    ending = ".apps.googleusercontent.com"
    made = fake("google-client-id", "482719360571-q7m2xk9tr4v8bn3wd6yf1hg5j0sea8ri" + ending, A)
    assert made.endswith(ending)
    assert len(made) == 45 + len(ending)


@pytest.mark.parametrize("value", ["me@corp.example.org", "ME@Corp.example.org"])
def test_a_mail_address_becomes_one_of_nobody(value: str) -> None:
    made = fake("e-mail-address", value, A)
    name, _, host = made.partition("@")
    assert host == "example.com"
    assert name.startswith("user-")
    assert len(name) == 17
    assert made == fake("e-mail-address", "me@corp.example.org", A)
    assert is_fake(made)


@quick
@given(st.uuids(), st.booleans(), st.booleans())
def test_a_uuid_stays_one_of_its_version(value: object, upper: bool, dashed: bool) -> None:
    text = str(value).upper() if upper else str(value)
    text = text if dashed else text.replace("-", "")
    made = fake("id", text, A)
    assert [len(part) for part in made.split("-")] == [len(part) for part in text.split("-")]
    bare, was = made.replace("-", ""), text.replace("-", "")
    assert bare[:8] == "00000000"
    assert (bare[12], bare[16]) == (was[12], was[16])
    assert (bare.upper() if upper else bare.lower()) == bare or not any(char.isalpha() for char in was)


@quick
@given(st.ip_addresses())
def test_an_address_becomes_one_for_documentation(value: object) -> None:
    assume("%" not in str(value))
    made = ip_address(fake("ip-address", str(value), A))
    assert made.version == value.version  # type: ignore[attr-defined]
    assert any(made in network for network in DOCUMENTATION)
    assert is_fake(str(made))


@pytest.mark.parametrize(
    ("value", "start", "end"),
    [
        ("/home/johanna/src/x.py", "/home/", "/src/x.py"),
        ("/Users/jo/x", "/Users/", "/x"),
        ("file:///home/johanna/x", "file:///home/", "/x"),
        ("C:\\\\Users\\\\johanna.smith\\\\x", "C:\\\\Users\\\\", "\\\\x"),
        ("c:/Users/johanna.smith", "c:/Users/", ""),
    ],
)
def test_of_a_home_folder_the_user_changes(value: str, start: str, end: str) -> None:
    made = fake("home-path", value, A)
    assert made.startswith(start)
    assert made.endswith(end)
    user, new = value[len(start) : len(value) - len(end)], made[len(start) : len(made) - len(end)]
    assert user not in made
    assert new == fake("home-path", user, A)
    assert "FAKE" in new
    assert len(new) == max(len(user), 8)


def _jwt(claims: object) -> str:
    parts = [{"alg": "RS256", "kid": "q7m2xk9t"}, claims]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, "Zx7Qm2Lp9Tr4Vb8NcW3dY6fHk1Gs5Ju0"])


def _decoded(part: str) -> object:
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


@pytest.mark.parametrize(
    ("claims", "expires"),
    [
        ({"sub": "johanna", "exp": 1900000000, "email": "me@corp.example.org"}, 1900000000),
        ({"sub": "johanna"}, None),
        ({"exp": "soon"}, None),
        ({"exp": -1}, None),
        ({"exp": 1 << 50}, None),
        (["no", "claims"], None),
    ],
)
def test_a_web_token_decodes_and_keeps_when_it_expires(claims: object, expires: int | None) -> None:
    value = _jwt(claims)
    made = fake("jwt", value, A)
    head, body, signature = made.split(".")
    assert _decoded(head) == {"alg": "HS256", "typ": "JWT"}
    decoded = _decoded(body)
    assert isinstance(decoded, dict)
    assert decoded.pop("sub").startswith("fake-")
    assert decoded == ({"exp": expires} if expires else {})
    assert signature.startswith("FAKE")
    assert is_fake(made)
    assert made != fake("jwt", value, B)


def test_a_web_token_that_does_not_decode_has_a_fake_all_the_same() -> None:
    made = fake("jwt", "eyJhbGci.eyJhbGciOiJ.q7m2xk9t", A)
    assert list(_decoded(made.split(".")[1])) == ["sub"]  # type: ignore[call-overload]


@pytest.mark.parametrize("newline", ["\n", "\\n", "\\\\n", "%0A"], ids=["raw", "JSON", "JSON in JSON", "percent"])
@pytest.mark.parametrize("whole", [True, False], ids=["whole", "cut"])
def test_a_private_key_keeps_its_frame_and_its_lines(newline: str, whole: bool) -> None:
    first, last = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
    lines = ["MIIEpAIBAAKCAQEA" + "q7m2xk9t" * 6, "Zx7Qm2Lp" * 8, "k1Gs5Ju0+/8="]
    value = newline.join([first, *lines, *([last] if whole else [])])
    made = fake("private-key", value, A)
    assert len(made) == len(value)
    got = made.split(newline)
    assert got[0] == first
    assert (got[-1] == last) is whole
    assert [len(line) for line in got[1:4]] == [len(line) for line in lines]
    assert "FAKE" in made[:120]
    assert "q7m2xk9tq7m2" not in made
    assert is_fake(made)


@pytest.mark.parametrize("value", ["", "a", "p4ss", "hunter2", "é€", "1234567"])
def test_what_is_short_becomes_eight_characters(value: str) -> None:
    made = fake("password", value, A)
    assert made.startswith("FAKE")
    assert len(made) == 8
    assert made[4:].islower()


@pytest.mark.parametrize("value", ["--------------", "!!!!ab!!!!!!", "日本語日本語日本語日本語"])
def test_what_has_hardly_any_letters_is_marked_all_the_same(value: str) -> None:
    made = fake("password", value, A)
    assert is_fake(made)
    assert len(made) == len(value)
    assert made != value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("sk-FAKEabcdefgh", True),
        ("00000000abcdef", True),
        ("user-0123456789ab@example.com", True),
        ("me@example.com", False),
        ("192.0.2.7", True),
        ("2001:db8::1", True),
        ("8.8.8.8", False),
        ("x" * 121 + "FAKE", False),
        ("", False),
    ],
)
def test_fakes_are_known_by_their_marks(value: str, expected: bool) -> None:
    assert is_fake(value) is expected
