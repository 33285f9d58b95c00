"""Where values stand in headers, URLs and forms, and what they are called there."""

import re
from collections.abc import Iterator

from cassette_tools.credentials import context
from cassette_tools.finding import Severity


def plain(value: str) -> str:
    """A value without percent-encoding, up to twice."""
    if "%" not in value:
        return value
    from urllib.parse import unquote

    return unquote(unquote(value))


def slug(name: str) -> str:
    """A name in kebab-case, such as placeholders have in them."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()[:60]).strip("-") or "secret"


def cookies(value: str, *, several: bool) -> Iterator[tuple[int, int, str]]:
    """Where the values of cookies are, and their names: all of Cookie, the first pair of Set-Cookie (RFC 6265)."""
    position = 0
    for pair in value.split(";") if several else value.split(";", 1)[:1]:
        name, equals, content = pair.partition("=")
        start = position + len(name) + 1
        position += len(pair) + 1
        quoted = content.strip().strip('"')
        if equals and len(quoted) >= 8 and not context.is_placeholder(quoted):
            offset = content.find(quoted)
            yield start + offset, start + offset + len(quoted), name.strip()


_SCHEME = re.compile(r"\s*(?:([A-Za-z][A-Za-z0-9_-]{0,30})\s+)?(\S.*)", re.DOTALL)
_SIGNED = re.compile(r"(?i)(?:^|[\s,])(credential|signature|response|oauth_token|oauth_signature|mac)=\"?([^\",\s]+)")


def credentials(value: str, *, scheme: bool) -> Iterator[tuple[int, int, str, Severity]]:
    """The credentials of a header: where, what in words, and how bad.

    Schemes are those of RFC 9110, section 11: one token, or parameters such as those of Digest and of AWS's signatures,
    which are of no use once their time is over.
    """
    match = _SCHEME.fullmatch(value)
    if match is None:
        return
    signed = list(_SIGNED.finditer(value))
    if signed:
        for parameter in signed:
            name, secret = parameter.group(1).lower(), parameter.group(2)
            start, end = parameter.span(2)
            if name == "credential":
                end = start + len(secret.partition("/")[0])
            if not context.is_placeholder(value[start:end]):
                yield start, end, f"the {name} of a signed request", Severity.WARNING
        return
    start, end = match.span(2) if scheme or match.group(1) in _SCHEMES else (match.start(1), match.end())
    start = start if start >= 0 else match.start(2)
    secret = value[start:end].rstrip()
    word = (match.group(1) or "") if start == match.start(2) else ""
    named = _PARAMETER.fullmatch(secret)
    if named is not None:
        start, secret = start + named.start(1), named.group(1)
    if word.lower() == "basic":
        if not context.is_placeholder_for_basic(secret):
            yield start, start + len(secret), "a Basic credential", Severity.ERROR
    elif len(secret) > 3 and not context.is_placeholder(secret):
        article = "an" if word[:1].lower() in tuple("aeiou") else "a"
        # A word is what servers take that want any key, or none.
        severity = Severity.WARNING if len(secret) <= _WORD and context.is_wording(secret) else Severity.ERROR
        yield start, start + len(secret), " ".join(filter(None, (article, word, "credential"))), severity


_WORD = 20
"""Characters of words that are no generated key."""
_PARAMETER = re.compile(r"(?:token|auth|key)=\"?([^\",;\s]+)\"?(?:[,;].*)?", re.IGNORECASE | re.DOTALL)
_SCHEMES = frozenset(("Bearer", "bearer", "Basic", "basic", "Token", "token", "ApiKey", "Key"))


_USERINFO = re.compile(r"://([^\s/?#@:\"'<>]{0,200}):([^\s/?#@\"'<>]{1,400})@")


def userinfo(text: str) -> Iterator[tuple[int, int]]:
    """Where passwords are in the authorities of URLs (RFC 3986, section 3.2.1)."""
    if "@" in text and "://" in text:
        for match in _USERINFO.finditer(text):
            yield match.span(2)


_PAIR = re.compile(r"([^&=?#\s\"'<>]{1,200})=([^&#\s\"'<>]*)")


def parameters(url: str) -> Iterator[tuple[int, int, str]]:
    """Where the values of a URL's parameters are, those behind the fragment's # too, and their names."""
    first = min((at for at in (url.find("?"), url.find("#")) if at >= 0), default=-1)
    if first >= 0:
        for start, end, name in pairs(url, first):
            scope = _SCOPE.search(url, start, end) if name.lower().endswith("-credential") else None
            yield start, scope.start() if scope else end, name


_SCOPE = re.compile("/|%(?:25)*2[fF]")
"""What X-Amz-Credential and X-Goog-Credential have behind an id: the day, the region, the service."""


def pairs(text: str, start: int = 0) -> Iterator[tuple[int, int, str]]:
    """Where the values of a form are, and their names; those of a URL that is a value follow it."""
    for match in _PAIR.finditer(text, start):
        yield (*match.span(2), plain(match.group(1)))
        nested = text.find("?", *match.span(2))
        if nested >= 0:
            inner = _PAIR.match(text, nested + 1, match.end())
            if inner is not None:
                yield (*inner.span(2), plain(inner.group(1)))


_NAMED_PART = re.compile(r'[;\s]name="([^"\r\n]*)"')
_END_OF_HEAD = re.compile(r"\r?\n\r?\n")


def parts(text: str) -> Iterator[tuple[int, int, str]]:
    """Where the values of a multipart form are (RFC 7578), and their names; files are none."""
    boundary = text.partition("\n")[0].rstrip("\r")
    if not boundary.startswith("--"):
        return
    start = len(boundary)
    while (end := text.find(f"\n{boundary}", start)) >= 0:
        head = _END_OF_HEAD.search(text, start, end)
        if head is not None:
            named = _NAMED_PART.search(text, start, head.start())
            if named is not None and text.find("filename", start, head.start()) < 0:
                yield head.end(), max(end - text.startswith("\r", end - 1), head.end()), named.group(1)
        start = end + 1 + len(boundary)
