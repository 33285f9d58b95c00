"""Credentials that are whole strings of JSON, whatever characters they are made of: what announces them is their name.

The strings may be within JSON that is itself a string of JSON, twice at most: each level doubles the backslashes.
"""

import re

from cassette_tools.credentials import context
from cassette_tools.credentials.pattern import Pattern, Weight
from cassette_tools.credentials.shapes import HEX, LOWER, MIXED

_QUOTES = tuple(("\\\\" * level + '"', "\\\\" * (2 * level + 1) + '"') for level in (0, 1, 3, 7))
"""A quotation mark on each of the levels, and one within a string there: so many backslashes stand in front."""
_COLON = r"\s{0,4}:\s{0,4}"
_COMMA, _BRACE = "(?:,|%2[Cc])", r"(?:\{|%7[Bb])"
"""As in JSON, and as in a URL."""
_LONGEST = 4000
_NAME = re.compile(r'\\*"([^"\\]*)')
_NAME_OF_PAIR = re.compile(r'\\*"[a-zA-Z]{1,8}\\*"\s{0,4}:\s{0,4}\\*"([^"\\]*)')
_ESCAPE = re.compile(r"\\+u([0-9a-fA-F]{4})")
_SPACE = r"(?:\s|\\+[nr]){0,60}"


def _string(size: int, *endings: str) -> str:
    """A member of an object whose name ends so, on any of the levels; the characters of its value are the group.

    The value may be an object's whose first member is one, as in Okta's ``"password": {"value": "..."}``.
    """
    patterns = []
    for quote, inner in _QUOTES:
        holder = rf"{_BRACE}{_SPACE}{quote}(?i:value){quote}{_COLON}"
        patterns.append(f"{_named(quote, *endings)}{_COLON}(?:{holder})?{_value(quote, inner, size)}")
    return "|".join(patterns)


def _pair(size: int, *endings: str) -> str:
    """An object that gives a name that ends so, and its value, as APIs list variables, headers and fields of forms.

    Two members may stand between them.
    """
    patterns = []
    for quote, inner in _QUOTES:
        other = f'(?:{quote}[^"\\\\]{{0,40}}{quote}|[a-z0-9]{{1,10}})'
        between = f"{quote}[A-Za-z_]{{1,20}}{quote}{_COLON}{other}{_COMMA}{_SPACE}"
        name = f"{quote}(?i:name|key|variable){quote}{_COLON}{_named(quote, *endings)}{_COMMA}{_SPACE}"
        patterns.append(f"{name}(?:{between}){{0,2}}{quote}(?i:value){quote}{_COLON}{_value(quote, inner, size)}")
    return "|".join(patterns)


def _named(quote: str, *endings: str) -> str:
    return f"{quote}(?i:[a-z0-9_. $-]{{0,40}}(?:{'|'.join(endings)})){quote}"


def _value(quote: str, inner: str, size: int) -> str:
    return rf'{quote}((?:[^"\\\r\n]|\\+[^"\\\r\n]|{inner}){{{size},}}){quote}'


def _announced(*endings: str) -> tuple[str, ...]:
    return tuple(f"{ending}{sign}" for ending in endings for sign in '"\\')


def _is_none(secret: str, match: str, lines: str) -> bool:  # noqa: ARG001 - as all that allow
    return _is_no(secret, _NAME.match(match))


def _is_no_pair(secret: str, match: str, lines: str) -> bool:  # noqa: ARG001 - as all that allow
    return _is_no(secret, _NAME_OF_PAIR.match(match))


def _is_no(secret: str, name: re.Match[str] | None) -> bool:
    if name is None or len(secret) > _LONGEST:
        return True
    value = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), secret) if "\\u" in secret else secret
    return not context.string_is_credential(name[1], value)


_PASSWORDS = ("password", "passwd", "passphrase", "pwd")
_CREDENTIALS = ("token", "secret", "key", "assertion", "credential", "credentials", "jwt", "pat")
_OTHERS = ("key", "auth", "hmac", "sessionid", "session_id")

STRINGS: tuple[Pattern, ...] = (
    Pattern(
        "password", "a password", _string(6, *_PASSWORDS), entropy=2.3, allowed=_is_none,
        true=(
            ('{"pass', 'word": "', LOWER[0], "&", MIXED[1], '"}'), ('{"user_pass', 'wd":"p@ss w0rd (', LOWER[1], ')"}'),
            (r'{"a":"{\"pass', r'word\":\"', LOWER[0], r'\\\"', MIXED[1], r'\"}"}'),
            ('{"pass', 'word": {"value": "', *LOWER[:2], '"}}'),
            ('{"pass', 'word":{\n      "value": "', *MIXED[:2], '"}}'),
            (r'{"a":"{\"pass', r'word\":{\n  \"value\":\"', *LOWER[:2], r'\"}}"}'),
            (7 * "\\" + '"pass', r'word\\\\\\\":{\\\\n\\\\\\\"value\\\\\\\":\\\\\\\"', *LOWER[:2], 7 * "\\" + '"'),
            ('%7B"pass', 'word":%7B"value":"', *LOWER[:2], '"%7D%7D'),
        ),
        false=(
            ('{"pass', 'word": "Contrase\\u00f1a"}'),
            ('{"pass', 'word": "must have 8 characters, or more"}'), ('{"pass', 'word": "{{ password }}"}'),
            ('{"pass', 'word": {"type": "string", "title": "', LOWER[0], '"}}'),
            ('{"pwd": "/home/user/', LOWER[0], '"}'), ('{"pass', 'word": "correct-horse-battery-staple"}'),
        ),
        keywords=_announced(*_PASSWORDS),
    ),
    Pattern(
        "credential", "a credential that its name announces", _string(12, *_CREDENTIALS), entropy=3.0,
        allowed=_is_none,
        true=(
            ('{"client_', 'secret": "', LOWER[0], "&", *MIXED[1:3], '"}'), ('{"access', 'Key":"', *LOWER[:2], '(!"}'),
            ('{"tok', 'en": {"value": "', *HEX[:4], '"}}'),
            ('{"sec', 'ret": "', *MIXED[:3], ",", '"}'), (r'{"a":"{\"api_', r'key\":\"', *MIXED[:3], r';\"}"}'),
        ),
        false=(
            ('{"client_', 'secret": "the secret of your client, 32 characters"}'),
            ('{"storage_', 'key": "', HEX[0], "/", HEX[1], '.txt"}'),
            ('{"page', 'Token": "', *MIXED[:3], '"}'), ('{"max_', 'tokens": 4096}'),
            ('{"tok', 'en": "Hello"}'), ('{"public_', 'key": "', *MIXED[:3], '"}'),
        ),
        keywords=_announced(*_CREDENTIALS),
    ),
    Pattern(
        "password", "a password", _pair(6, *_PASSWORDS), entropy=2.3, allowed=_is_no_pair,
        true=(
            ('{"name": "DB_PASS', 'WORD", "value": "', *LOWER[:2], '"}'),
            ('{"key":"pass', 'word",\n  "secret": true,\n  "value":"', *MIXED[:2], '"}'),
            ('%7B"name":"pass', 'word"%2C"type":"text"%2C"value":"', *LOWER[:2], '"%7D'),
            (r'{"a":"{\"name\":\"pass', r'word\",\"type\":\"text\",\"value\":\"', *LOWER[:2], r'\"}"}'),
        ),
        false=(
            ('{"key": "reset.pass', 'word", "value": "Zurücksetzen"}'),
            ('{"name": "pass', 'word", "value": "パスワードを入力"}'),
            (r'{"a":"{\"name\": \"pass', r'word\", \"value\": \"Mot de passe oubli\\u00e9 ?\"}"}'),
            ('{"name": "pass', 'word", "type": "string", "title": "', *LOWER[:2], '"}'),
            ('{"name": "pass', 'word", "value": "{{ password }}"}'),
        ),
        keywords=_announced(*_PASSWORDS),
    ),
    Pattern(
        "credential", "a credential that its name announces", _pair(12, *_CREDENTIALS), entropy=3.0,
        allowed=_is_no_pair,
        true=(
            ('{"name": "X-Api-', 'Key", "value": "', *LOWER[:3], '"}'),
            ('{"Key": "client_', 'secret", "Type": "s", "Version": 1, "Value": "', *MIXED[:3], '"}'),
        ),
        false=(
            ('{"key": "next_page_', 'token", "value": "', *MIXED[:3], '"}'),
            ('{"name": "To', 'ken", "value": "internationalization"}'),
            ('{"Name": "K', 'ey", "Value": "uploads/', HEX[0], "/", *HEX[:4], '.pdf"}'),
            ('{"name": "API_', 'KEY", "value": "", "target": "', *MIXED[:3], '"}'),
        ),
        keywords=_announced(*_CREDENTIALS),
    ),
    Pattern(
        "credential", "what may be a credential by its name", _string(16, *_OTHERS), Weight.HALF, entropy=3.0,
        allowed=_is_none,
        true=(('{"ke', 'y": "', *MIXED[:3], '"}'), ('{"hm', 'ac":"', *HEX[:4], '"}')),
        false=(
            ('{"key": "uploads/2024/report-1.pdf"}',), ('{"author": "', *MIXED[:3], '"}'),
            ('{"session_', 'id": "9f3e7d6c-05b4-48e2-97c6-f5e9d3b2a0f4"}'),
            ('{"session_', 'id": "sess_', *HEX[:4], '"}'),
        ),
        keywords=_announced(*_OTHERS),
    ),
)  # fmt: skip
