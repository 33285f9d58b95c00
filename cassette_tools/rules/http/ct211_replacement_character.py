"""CT211: replacement-character."""

import itertools
import re
from collections.abc import Iterable, Iterator

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Body, Interaction
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule
from cassette_tools.text import printable

_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*(\\u[fF]{3}[dD])")
# The bytes 80 to 9F as Windows-1252 has them, and as Latin-1 has them; those from A0 on are the same in both.
_WINDOWS = bytes(range(0x80, 0xA0)).decode("cp1252", "ignore")
_C1 = "\x80-\x9f"
_TAIL = f"[{_C1}\xa0-\xbf{_WINDOWS}]"
_TWICE = re.compile(
    # é as Ã©, a no-break space as Â and itself; not behind a capital letter, where these are letters and end a word.
    rf"(?<![A-Z\xc0-\xde])[ÂÃ]{_TAIL}"
    # Dashes and quotation marks as â€ and one more, arrows, signs and ticks.
    rf"|â[€\x80†\x86„\x84\u02c6\x88œ\x9c\u02dc\x98š\x9a]{_TAIL}"
    # Emoji.
    rf"|ð[Ÿ\x9f]{_TAIL}{_TAIL}"
    # Kana.
    rf"|ã[€\u201aƒ\x80-\x83]{_TAIL}"
    # Greek, Cyrillic and what lies between, Chinese and Korean: two in a row, since one may end a French quotation.
    rf"|(?:[Ä-ß]{_TAIL}){{2,}}|(?:[à-ï]{_TAIL}{_TAIL}){{2,}}"
    # And alone by the control characters of Latin-1, which no text has.
    rf"|[à-ï](?:[{_C1}][{_C1}\xa0-\xbf]|[\xa0-\xbf][{_C1}])"
)
_SUSPECT = re.compile(f"[Â-ð]{_TAIL}")
"""What all of them start with; it is found much faster."""
_TWICE_ESCAPED = re.compile(r"\\u00c[23]\\u00[89ab][0-9a-f]|\\u00e2\\u(?:20ac|0080)\\u[0-9a-f]{4}")
"""The same in JSON that is kept to ASCII."""
_MARKS = (b"\xef\xbf\xbd", b"\\ufffd", b"\\uFFFD", b"\xc3\x83\xc2", b"\xc3\xa2\xc2\x80", b"\xc3\xa2\xe2\x82\xac")
"""What most such texts have as bytes."""
_WINDOWS_BYTES = {character: character.encode("cp1252")[0] for character in _WINDOWS}
_ENOUGH = 2
"""Characters: a single one may be a text about them."""
_MOST = 1000
"""Places that are looked at."""


class ReplacementCharacter(Rule):
    r"""Characters that were lost, or decoded twice, before the body was recorded.

    ## What it does

    Looks in bodies for U+FFFD, also as JSON's `\ufffd`, and for UTF-8 that was read as Latin-1 or Windows-1252 (`Ã©`
    for `é`, `â€”` for a dash), of which two are needed. One finding says where the first one is and how many there are.

    ## Why it matters

    U+FFFD stands where bytes were no character of the encoding: a recorder or a filter cut the body in the middle of
    one, or read it with the wrong encoding, and what was there is gone. A model can write both itself; then keep it.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/things", method: GET}
      response: {code: 200, status: 200 OK, headers: {}, body: "caf\uFFFD"}
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/things", method: GET}
      response: {code: 200, status: 200 OK, headers: {}, body: "café"}
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT211"
    name = "replacement-character"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_interaction(self, interaction: Interaction, transcript: Transcript | None) -> Iterable[Problem]:
        """Both sides."""
        yield from _check("request", interaction.request.body)
        yield from _check("response", interaction.response.body)


def _check(side: str, body: Body) -> Iterable[Problem]:
    text = _text(body)
    if text.isascii() and "\\u" not in text:
        return  # nearly always
    if "\ufffd" in text or "\\ufffd" in text or "\\uFFFD" in text:
        start = text.find("\ufffd")
        count = text.count("\ufffd")
        for match in _ESCAPED.finditer(text):
            count += 1
            start = match.start(1) if start < 0 else min(start, match.start(1))
        if count:
            length = 1 if text[start] == "\ufffd" else 6
            message = f"the {side} holds U+FFFD{_times(count)}: bytes that were no text were lost"
            yield Problem(message, body.route(start, start + length))
            return
    found = list(itertools.islice(_decoded_twice(text), _MOST))
    count = sum(len(meant) for _, _, meant in found)
    if count >= _ENOUGH:
        start, end, meant = found[0]
        more = " or more" if len(found) == _MOST else ""
        message = f"the {side} holds {count:,}{more} characters of UTF-8 that were read as Latin-1 or Windows-1252"
        example = f"'{printable(text[start:end], 40)}' is '{printable(meant, 40)}'"
        yield Problem(f"{message}: {example}", body.route(start, end))


def _times(count: int) -> str:
    return f", {count:,} times" if count > 1 else ""


def _text(body: Body) -> str:
    """What can be looked at; bytes are only decoded where it may matter, and if all of them are text."""
    raw = body.raw
    if isinstance(raw, str) or not raw:
        return raw or ""
    data = body.data
    if not any(mark in data for mark in _MARKS):
        return ""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return ""


def _decoded_twice(text: str) -> Iterator[tuple[int, int, str]]:
    """Where characters stand that were decoded with the wrong encoding, and what they were."""
    if not text.isascii() and _SUSPECT.search(text):
        for match in _TWICE.finditer(text):
            meant = _meant(match.group())
            if meant:
                yield *match.span(), meant
    elif "\\u00c" in text or "\\u00e2\\u" in text:
        for match in _TWICE_ESCAPED.finditer(text):
            meant = _meant("".join(chr(int(digits, 16)) for digits in match.group().split("\\u")[1:]))
            if meant:
                yield *match.span(), meant


def _meant(characters: str) -> str:
    """The characters that they are when read as UTF-8; empty when they are none."""
    data = bytearray()
    for character in characters:
        place = _WINDOWS_BYTES.get(character, ord(character))
        if place > 0xFF:
            return ""
        data.append(place)
    try:
        return data.decode()
    except UnicodeDecodeError:
        return ""
