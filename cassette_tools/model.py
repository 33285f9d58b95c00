"""What a recording says, whoever wrote it: the one model that every rule and operation works on."""

import codecs
import contextlib
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cassette_tools import strict_json
from cassette_tools.wire import encoding

Path = tuple[str | int, ...]
"""Keys and indexes from the root of a document to a value, such as ``("interactions", 0, "request", "url")``."""


class Route(NamedTuple):
    """A place in a recording, in the recording's own terms; ``lint.places`` turns it into lines and columns."""

    path: Path = ()
    """From the document's root to the value that is meant."""
    key: bool = False
    """The key of the last step is meant, not its value."""
    span: tuple[int, int] | None = None
    """Characters inside the value (of its text, not of its spelling in the file); None for all of it."""
    event: int | None = None
    """The number of the event in the body's event stream, from 0."""
    file_span: tuple[int, int] | None = None
    """Characters of the file, for what has no node; the path then only serves as a description."""
    decoded: int | None = None
    """The character of the decoded body that is meant, where the value in the file is coded."""

    def __str__(self) -> str:
        text = ""
        for step in self.path:
            text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
        if self.event is not None:
            text += f" event {self.event}"
        return text


class Edit(NamedTuple):
    """A replacement within one value of the document."""

    path: Path
    """From the document's root to a scalar."""
    start: int
    """Characters of the value."""
    end: int | None
    """None for the end of the value."""
    text: str
    """What comes in their place."""


class Removal(NamedTuple):
    """A pair of a mapping (its key and its value) or an item of a list that goes."""

    path: Path
    """From the document's root to the value or the item."""


Change = Edit | Removal


class Header(NamedTuple):
    """One header line."""

    name: str
    value: str
    path: Path
    """Where the value is in the document."""


class Headers:
    """The headers of a message in the order of the recording; names are compared without case (RFC 9110, 5.1)."""

    __slots__ = ("_by_name", "_lines")

    def __init__(self, lines: list[Header]) -> None:
        self._lines = lines
        self._by_name: dict[str, list[Header]] | None = None

    def __iter__(self) -> Iterator[Header]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def _named(self, name: str) -> list[Header]:
        if self._by_name is None:
            # Every message is asked for several.
            self._by_name = {}
            for line in self._lines:
                self._by_name.setdefault(line.name.lower(), []).append(line)
        return self._by_name.get(name.lower(), _NO_LINES)

    def find(self, name: str) -> Header | None:
        """The first header of that name."""
        lines = self._named(name)
        return lines[0] if lines else None

    def get(self, name: str) -> str:
        """The value of the first header of that name, or an empty string."""
        lines = self._named(name)
        return lines[0].value if lines else ""

    def values(self, name: str) -> list[str]:
        """The values of all headers of that name."""
        return [line.value for line in self._named(name)]


_NO_LINES: list[Header] = []


class Body:
    """The body of a message.

    Args:
        raw: As recorded: text, or bytes where the recording says they are bytes, or None where it has no body.
        path: Where it is in the document.
        headers: The headers of its message: they say how it is coded.
        exact: Whether ``raw``, if it is text, is the very text of the value at ``path``. Where it is not (JSON that the
            recorder stored as a structure, say), a place in the body is the place of the whole value.
        coded: Whether the recorder stored the body with its content codings; None where the bytes have to tell.
        missing: Whether there was a body, as far as is known, that the recording leaves out.
        bytewise: Whether ``raw``, if it is text, has a character for each byte, U+00FF at most. Else it was UTF-8.

    Attributes:
        parts: Where the values are that ``raw`` was put together from; None where it is all that is at ``path``.
    """

    __slots__ = (
        "_decoded",
        "_headers",
        "_json",
        "_text",
        "bytewise",
        "coded",
        "exact",
        "missing",
        "parts",
        "path",
        "raw",
    )

    def __init__(
        self,
        raw: str | bytes | None,
        path: Path,
        headers: Headers | None = None,
        *,
        exact: bool = True,
        coded: bool | None = None,
        missing: bool = False,
        bytewise: bool = False,
    ) -> None:
        self.raw = raw
        self.path = path
        self.coded = coded
        self.missing = missing
        self.bytewise = bytewise
        self._headers = headers or Headers([])
        self.exact = exact
        self.parts: tuple[Path, ...] | None = None
        self._decoded: encoding.Decoded | None = None
        self._text: str | None = None
        self._json: tuple[Any, strict_json.JsonError | None] | None = None

    @property
    def as_sent(self) -> bool:
        """Whether ``raw`` is what went over the wire, and not something the recorder made of it."""
        return self.exact and self.coded is not False and not self.missing

    @property
    def codings(self) -> tuple[str, ...]:
        """What Content-Encoding names, in the order in which it was applied."""
        values = self._headers.values("content-encoding")
        return encoding.codings(values) if values else ()

    @property
    def decoded(self) -> encoding.Decoded:
        """The bytes without their content codings, and what was wrong with them."""
        if self._decoded is None:
            raw = self.raw
            if isinstance(raw, str):
                data = raw.encode("latin-1") if self.bytewise else raw.encode("utf-8", "surrogatepass")
            else:
                data = raw or b""
            names = self.codings
            if not names or not data or self.coded is False:
                self._decoded = encoding.Decoded(data, "", oversized=False)
            elif isinstance(raw, str):
                problem = f"is plain text, although Content-Encoding says {', '.join(names)}"
                self._decoded = encoding.Decoded(data, problem, oversized=False)
            else:
                self._decoded = encoding.decode(data, names)
        return self._decoded

    @property
    def data(self) -> bytes:
        """The bytes of the body without its content codings, as far as they can be taken off."""
        return self.decoded.data

    @property
    def charset(self) -> str:
        """The encoding that Content-Type names, if there is such a one, else UTF-8."""
        return _charset(self._headers)

    @property
    def text(self) -> str:
        """The body as text, in the charset that Content-Type names; what is not of it becomes U+FFFD."""
        if self._text is None:
            raw = self.raw
            self._text = raw if isinstance(raw, str) else self.data.decode(self.charset, "replace") if raw else ""
        return self._text

    @property
    def size(self) -> int:
        """The length in bytes, with the content codings."""
        raw = self.raw
        if not isinstance(raw, str):
            return len(raw) if raw else 0
        return len(raw) if self.bytewise or raw.isascii() else len(raw.encode("utf-8", "surrogatepass"))

    def reads_as(self, other: "Body") -> bool:
        """Whether another body has the same bytes, which are to be read in the same way."""
        return self.raw == other.raw and self.codings == other.codings and self.charset == other.charset

    def json(self) -> Any:
        """The value of the body, parsed once; None when the body is not JSON (``json_error`` says why)."""
        if self._json is None:
            try:
                self._json = (strict_json.loads(self.text), None)
            except strict_json.JsonError as error:
                self._json = (None, error)
        return self._json[0]

    def json_error(self) -> strict_json.JsonError | None:
        """Why the body is not JSON, or None when it is."""
        if self._json is None:
            return strict_json.error_in(self.text)
        return self._json[1]

    def route(self, start: int | None = None, end: int | None = None, *, event: int | None = None) -> Route:
        """A place in the body's text.

        Where the characters of the text are not those of the recorded value, the place is the whole value; of bytes,
        the route tells the character of the decoded text besides.
        """
        if start is None or not self.exact or not isinstance(self.raw, str):
            return Route(self.path, event=event, decoded=start if isinstance(self.raw, bytes) else None)
        return Route(self.path, span=(start, start + 1 if end is None else end), event=event)


# Those of the Encoding Standard. Python knows others: punycode takes quadratic time, unicode_escape gives warnings.
_CHARSETS = (
    r"(?:us-)?ascii|latin-?1|iso-?8859-[0-9]{1,2}|(?:windows-|cp)(?:874|125[0-8])|ibm866|koi8-[ru]|macintosh|utf-?16(?:le|be)?|"
    r"gbk|gb2312|gb18030|big5|euc-jp|euc-kr|iso-2022-jp|shift[-_]jis"
)


def _charset(headers: Headers) -> str:
    parameters = headers.get("content-type").lower().partition(";")[2]
    charset = parameters.partition("charset=")[2].partition(";")[0].strip(" \"'")
    if charset not in ("", "utf-8", "utf8") and re.fullmatch(_CHARSETS, charset):
        with contextlib.suppress(LookupError):
            return codecs.lookup(charset).name
    # No charset, or one that does not exist: UTF-8 is what everything on the web is otherwise.
    return "utf-8"


class Message:
    """What a request and a response have in common.

    Args:
        path: Where the message is in the document.
        paths: Where its fields are, by the model's name for them; a field that the recording lacks is not in it.
        headers: Its headers.
        body: Its body.
        content_length: The length in bytes that the recorder noted beside the headers (-1: unknown), or None.

    Attributes:
        extra: Names with values that the recorder keeps beside all that: go-vcr's fields of a form, and trailers.
        recoded: The body may have had another length on the wire: as the recorder noted, it was sent in chunks, or
            unpacked, or the client unpacks what it gets.
    """

    __slots__ = ("body", "content_length", "extra", "headers", "path", "paths", "recoded")

    def __init__(
        self, path: Path, paths: Mapping[str, Path], headers: Headers, body: Body, content_length: int | None
    ) -> None:
        self.path = path
        self.paths = paths
        self.headers = headers
        self.body = body
        self.content_length = content_length
        self.extra: Sequence[Header] = ()
        self.recoded = False

    @property
    def media_type(self) -> str:
        """The type and subtype of Content-Type in lower case, without parameters; empty when there is none."""
        return self.headers.get("content-type").partition(";")[0].strip().lower()

    def route(self, field: str) -> Route:
        """The place of one of the model's fields, or of the whole message where the recording lacks the field."""
        return Route(self.paths.get(field, self.path))


class Request(Message):
    """A recorded request. ``method`` and ``url`` are empty where the recording lacks them."""

    __slots__ = ("method", "url")

    def __init__(
        self,
        path: Path,
        paths: Mapping[str, Path],
        headers: Headers,
        body: Body,
        content_length: int | None,
        *,
        method: str,
        url: str,
    ) -> None:
        super().__init__(path, paths, headers, body, content_length)
        self.method = method
        self.url = url

    @property
    def host(self) -> str:
        """The host of the URL in lower case, without user and port; empty when it has none."""
        authority = _place(self.url)[0].rpartition("@")[2].lower()
        if authority.startswith("["):  # an IPv6 address
            return authority.partition("]")[0] + "]"
        return authority.partition(":")[0]

    @property
    def url_path(self) -> str:
        """The path of the URL, without query and fragment."""
        return _place(self.url)[1]

    @property
    def decoded_path(self) -> str:
        """The path without its percent-encoding."""
        path = self.url_path
        if "%" not in path:
            return path
        from urllib.parse import unquote

        return unquote(path)


@functools.lru_cache(64)  # each is asked for by several, one after the other
def _place(url: str) -> tuple[str, str]:
    """Authority and path of a URL; one without a scheme has no authority."""
    place = url.partition("#")[0].partition("?")[0]
    _, separator, rest = place.partition("://")
    if not separator:
        authority, rest = "", place
    else:
        authority = rest.partition("/")[0]
    return authority, rest[rest.find("/") :] if "/" in rest else ""


class Response(Message):
    """A recorded response.

    ``code`` is the status code as a number, or None; ``status_line`` is what the recorder noted as text, such as
    ``200 OK``, or an empty string.
    """

    __slots__ = ("code", "status_line")

    def __init__(
        self,
        path: Path,
        paths: Mapping[str, Path],
        headers: Headers,
        body: Body,
        content_length: int | None,
        *,
        code: int | None,
        status_line: str,
    ) -> None:
        super().__init__(path, paths, headers, body, content_length)
        self.code = code
        self.status_line = status_line

    @property
    def successful(self) -> bool:
        """Whether the status is 2xx; a recording without a status counts as successful."""
        return self.code is None or 200 <= self.code < 300

    @property
    def line_code(self) -> int | None:
        """The number at the start of the status line, or None when it starts with none."""
        number = self.status_line.split(" ", 1)[0]
        return int(number) if len(number) == 3 and number.isdecimal() else None


class Interaction:
    """A request and the response to it.

    Args:
        index: Its position in the cassette, from 0.
        path: Where it is in the document.
        request: The request.
        response: The response.
        recorded_id: The number the recorder gave it, or None where the format has none.

    Attributes:
        duration: How long it took, in seconds, where the recorder noted it.
        recorded_at: When that was, in the recorder's words; empty where it noted nothing.
    """

    __slots__ = ("duration", "index", "path", "recorded_at", "recorded_id", "request", "response")

    def __init__(self, index: int, path: Path, request: Request, response: Response, recorded_id: int | None) -> None:
        self.index = index
        self.path = path
        self.request = request
        self.response = response
        self.recorded_id = recorded_id
        self.duration: float | None = None
        self.recorded_at = ""


class Source(NamedTuple):
    """The file that a cassette was read from."""

    data: bytes
    """Its content, unpacked."""
    name: str


class Cassette:
    """A recording: a list of interactions.

    Args:
        format_name: The format, such as ``go-vcr``.
        version: The format's version as the file says, or None.
        schema: The name of the JSON Schema that describes files of this kind.
        interactions: The interactions, in the order of the file.

    Attributes:
        source: What it was read from, where it was loaded from a file.
        outside: How many of the bodies are in files of their own, which are not read.
    """

    __slots__ = ("format_name", "interactions", "outside", "schema", "source", "version")

    def __init__(
        self,
        format_name: str,
        version: int | None,
        schema: str,
        interactions: list[Interaction],
    ) -> None:
        self.format_name = format_name
        self.version = version
        self.schema = schema
        self.interactions = interactions
        self.source: Source | None = None
        self.outside = 0
