"""The only way out for recorded text.

A cassette is text chosen by a remote machine. Before any of it reaches a terminal, a log or an annotation it
passes through here: control characters are escaped, what looks like a credential is masked, the length is capped.
"""

import functools
import re
from typing import TYPE_CHECKING

from cassette_tools.credentials.pattern import Weight

if TYPE_CHECKING:
    from collections.abc import Callable

    import re2

# Everything that moves a cursor, ends a line, starts an escape sequence, reorders what is shown or is not seen: C0,
# DEL, C1, line and paragraph separators, bidirectional and other controls of format, the byte order mark, tags, and
# lone surrogates (which cannot be encoded). Joiners are a part of words and of emoji.
_UNSAFE = (
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_UNSAFE_IN_LINES = _UNSAFE.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f")
# What starts a command of a CI system wherever it stands in a line: ##[error] (GitHub), ##vso[…] (Azure) and
# ##teamcity[…]. Looking back only, so that the start of a text is escaped the same whether or not there is more of it.
_COMMAND = r"(?<=##)\[|(?<=##(?i:vso))\[|(?<=##(?i:teamcity))\["
# What does at the start of a line: ::error::text (GitHub). A line of C++ may start with two colons as well.
_COMMAND_IN_LINES = (
    r"(?im)^([^\S\n]*:):(?=(?:add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|notice|remove-matcher"
    r"|save-state|set-env|set-output|stop-commands|warning)\b)"
)

# Names of headers, query parameters and fields that carry a credential, then the value that belongs to the name, in the
# text of a file (`credentials` knows that of messages). The gap may hold quotes (escaped several times over), white
# space, and YAML's list dash, tag and block header. All repetitions in front of a value are bounded, and none is
# nested: linear whatever the input.
_GAP = (
    r"\\{0,8}[\"']?\s{0,40}(?:[:=]|%3[dD])\s{0,40}(?:-\s{1,40})?(?:!!?[a-z]{1,10}\s{1,10})?(?:[|>][-+0-9]{0,2}\s{1,40})?"
    r"\\{0,8}[\"']?"
)
# Where there is no value, what follows may be the next key of the file: letters only, and a colon.
_VALUE = r"((?![a-z_-]{1,60}:(?:\s|\Z))[^\s\"'\\,;&\[\]{}]{6,})"
_NAMED_CREDENTIAL = (
    # The first letters of all of these, to be done with most characters at once.
    r"(?i)(?=[acgiprs?&%])(authorization" + _GAP + r"(?:[a-z][a-z0-9-]{0,20}(?:\s{1,40}|%20))?"
    r"|(?:api[-_]?key|goog-api-key|subscription-key|(?:access|refresh|id|auth|security|session)[-_]token|"
    r"client[-_]secret|password|passwd|signature(?==|%3[dD])|[?&](?:key|sig|token)|%26key)"
    + _GAP
    + r"(?:(?:bearer|basic|token)(?:\s{1,40}|%20))?)"
    + _VALUE
)
_COOKIES = r"(?i)((?:set-)?cookie" + _GAP + r")([^\s\"'\\=;,]{1,200}=[^\r\n\"'\\]+)"


_SHOWN = r"(-----(?:BEGIN|END) [A-Z0-9 ]+-----|REDACTED(?:-[a-z0-9]+)*-[0-9]+(?![A-Za-z0-9])|REDACTED|[\r\n]+)"

# How the matches of these begin, for RE2: it finds in a hundredth of the time where there may be one.
_BEGINNING = r"\\{0,8}[\"']?[\s\v\x1c-\x1f\x{85}\p{Z}]{0,40}(?:[:=]|%3d)"
_BEGINNINGS = {
    _COOKIES: "(?i)cookie" + _BEGINNING,
    _NAMED_CREDENTIAL: (
        r"(?i)(?:authorization|api[-_]?key|subscription-key|(?:access|refresh|id|auth|security|session)[-_]token|"
        r"client[-_]secret|password|passwd|signature|[?&](?:key|sig|token)|%26key)" + _BEGINNING
    ),
}


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char)
    if named:
        return named
    code = ord(char)
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def escape(text: str) -> str:
    r"""Escape every character that could act on a terminal; a line break becomes the two characters ``\n``.

    The bracket of what could be a command to a CI system is escaped, too.
    """
    text = re.sub(_UNSAFE, _escape, text)
    return re.sub(_COMMAND, _escape, text) if "##" in text else text


@functools.cache
def _compiled(regex: str) -> "re2._Regexp":
    import re2

    return re2.compile(regex.encode())


def mask(text: str) -> str:
    """Replace what looks like a credential by as many asterisks: offsets into the text and its lines stay valid."""
    for pattern, beginning in _BEGINNINGS.items():
        text = _mask_named(text, pattern, beginning)
    return _mask_hits(text)


def _mask_named(text: str, pattern: str, beginning: str) -> str:
    data = text.encode("utf-8", "surrogatepass")
    named = re.compile(pattern)
    parts = []
    end = seen = start = 0
    for found in _compiled(beginning).finditer(data):
        start += len(data[seen : found.start()].decode("utf-8", "surrogatepass"))
        seen = found.start()
        match = named.match(text, start) if start >= end else None
        if match is not None:
            parts += [text[end : match.start(2)], _asterisks(match.group(2))]
            end = match.end()
    return "".join([*parts, text[end:]]) if parts else text


def _mask_hits(text: str) -> str:
    # Not before a text is shown: the patterns take a while to be compiled.
    from cassette_tools.credentials.scanner import default

    parts = []
    end = 0
    # Better a placeholder masked than a secret shown that resembles one.
    for hit in default().hits(text, placeholders=True):
        if hit.pattern.weight is not Weight.IDENTITY:
            parts += [text[end : hit.start], _asterisks(text[hit.start : hit.end])]
            end = hit.end
    return "".join([*parts, text[end:]]) if parts else text


def _asterisks(secret: str) -> str:
    """As many asterisks, but for line breaks, the first and last line of a key, and the placeholders of this tool."""
    parts = re.split(_SHOWN, secret)
    parts[::2] = ["*" * len(part) for part in parts[::2]]
    return "".join(parts)


def clip(text: str, limit: int) -> str:
    """Cut a text to ``limit`` characters, the last of them an ellipsis when something was cut."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"


@functools.lru_cache(maxsize=1024)
def printable(text: str, limit: int = 120) -> str:
    """The form in which recorded text may be shown: masked, escaped, at most ``limit`` characters long."""
    # Ten times the limit is enough context for a mask and keeps this cheap on a body of megabytes.
    return clip(escape(mask(text[: limit * 10])), limit)


# What there is nothing to mask without, in a name or in a sentence: a run of characters, or a name and its value.
_TELLING = re.compile(r"[A-Za-z0-9]{16}|[=:]\s*[^\s\"',;]{6}")


def without_secrets(text: str) -> str:
    """A file's name, or what the tool itself says with such names in it, masked: tests are named by their arguments."""
    return mask(text) if _TELLING.search(text) else text


_CODED = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")


_WORD = re.compile(r"[^\s\"'<>&?=;,]+")


def mask_with_codings(text: str) -> str:
    """The same as ``mask``, and asterisks in the place of base64 or percent-encoding that holds a credential."""
    text = _CODED.sub(_masked_base64, mask(text))
    return _WORD.sub(_masked_percent, text) if "%" in text else text


def _masked_percent(match: re.Match[str]) -> str:
    from urllib.parse import unquote

    coded = match.group()
    text = unquote(unquote(coded)) if "%" in coded else coded
    return coded if text == coded or mask(text) == text else "*" * len(coded)


def _masked_base64(match: re.Match[str]) -> str:
    import base64

    coded = match.group()
    try:
        # What is not padded lacks nothing but that.
        text = base64.b64decode(f"{coded.rstrip('=')}===", b"-_" if "-" in coded or "_" in coded else None).decode()
    except ValueError:
        return coded
    return coded if mask(text) == text else "*" * len(coded)


def presentable(text: str) -> str:
    """Recorded text of any length in the form in which it may be shown: masked and escaped, its lines kept."""
    return escape_lines(mask_with_codings(text))


def escape_lines(text: str) -> str:
    """Escape what could act on a terminal or a CI system, and keep lines and tabs."""
    text = re.sub(_UNSAFE_IN_LINES, _escape, text.replace("\r\n", "\n"))
    if "##" in text:
        text = re.sub(_COMMAND, _escape, text)
    return re.sub(_COMMAND_IN_LINES, r"\1\\x3a", text) if "::" in text else text


def presentable_json(value: object, *, indent: int | None = None) -> str:
    """A recorded JSON value, written so that it may be shown: JSON of the same shape, with its strings masked."""
    return escaped_json(_masked_json(value), indent=indent)


_STRING_OR_INFINITY = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|Infinity')


def escaped_json(value: object, *, indent: int | None = None) -> str:
    """A value as JSON that means the same, with an escape of JSON's for what could act on a terminal or a CI system."""
    import json

    written = json.dumps(value, ensure_ascii=False, indent=indent)
    written = re.sub(_UNSAFE_IN_LINES, lambda match: json.dumps(match.group())[1:-1], written)
    if "##" in written:
        written = re.sub(_COMMAND, r"\\u005b", written)
    if "Infinity" in written:
        # A number that was recorded, and is more than a float holds.
        written = _STRING_OR_INFINITY.sub(lambda match: match[0] if match[0][0] == '"' else "1e999", written)
    return written


def masked_value(value: object, mask: "Callable[[str], str]") -> object:
    """A recorded JSON value; as text where there is a secret in it, since a name may be what announces it.

    Args:
        value: The value.
        mask: Takes secrets out of a text.
    """
    import json

    if isinstance(value, str):
        return mask(value)
    text = json.dumps(value, ensure_ascii=False)
    masked = mask(text)
    return value if masked == text else masked


def _masked_json(value: object) -> object:
    if isinstance(value, str):
        return mask_with_codings(value)
    if isinstance(value, dict):
        return {mask(key): _masked_field(key, item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked_json(item) for item in value]
    return value


def _masked_field(name: str, value: object) -> object:
    """A value, masked as what its name announces."""
    if not isinstance(value, str):
        return _masked_json(value)
    head = f"{name}: "
    return mask_with_codings(f"{head}{value}")[len(head) :]
