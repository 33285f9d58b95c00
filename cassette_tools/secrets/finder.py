"""Finds the secrets of an interaction, decoded and put together, and tells where each is recorded."""

import functools
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cassette_tools.credentials import context
from cassette_tools.credentials.pattern import Pattern, Weight
from cassette_tools.credentials.scanner import Scanner
from cassette_tools.finding import Severity
from cassette_tools.model import Cassette, Header, Interaction, Message, Path, Route
from cassette_tools.protocols.registry import Transcript
from cassette_tools.secrets import elsewhere, fields, views
from cassette_tools.secrets.columns import Columns
from cassette_tools.secrets.options import DEFAULTS
from cassette_tools.secrets.texts import Texts
from cassette_tools.secrets.views import View
from cassette_tools.source.document import Document

if TYPE_CHECKING:
    from cassette_tools.secrets.messages import Joined
    from cassette_tools.secrets.options import SecretOptions

HEADER, URL, API_KEY, SPLIT, COOKIE, PRIVATE_KEY, ACCOUNT, PERSONAL, KNOWN = (
    f"CT60{number}" for number in range(1, 10)
)
CODES = frozenset((HEADER, URL, API_KEY, SPLIT, COOKIE, PRIVATE_KEY, ACCOUNT, PERSONAL, KNOWN))
"""The codes of the rules that report secrets."""
_SEVERITIES = {Weight.LIVE: Severity.ERROR, Weight.HALF: Severity.WARNING, Weight.IDENTITY: Severity.INFO}
_FORM = "application/x-www-form-urlencoded"
_PARTS = "multipart/form-data"
_PUBLIC = frozenset(
    (
        *("content-security-policy", "content-security-policy-report-only", "expect-ct", "nel", "report-to"),
        *("reporting-endpoints", "permissions-policy", "strict-transport-security", "accept-ch", "alt-svc"),
    )
)
"""Headers that are the same for everybody, with the keys of where a browser reports to."""
_PLAIN = frozenset(
    (
        *("accept", "accept-encoding", "accept-ranges", "age", "cache-control", "connection", "content-encoding"),
        *("content-length", "date", "expires", "keep-alive", "last-modified", "pragma", "retry-after", "te", "upgrade"),
        *("transfer-encoding", "vary", "access-control-allow-credentials", "access-control-allow-methods"),
        *("access-control-max-age", "x-content-type-options", "x-frame-options", "cf-cache-status"),
    )
)
"""Headers with a date, a number or words of a short list."""
_ADDRESSES = frozenset(("location", "content-location", "referer", "refresh", "link", "origin"))
"""Headers that hold URLs."""
_TEMPORARY = "x-amz-security-token"
"""The third part of a credential, of no use without the other two."""
_MOST_EMPTY, _LONG = 10_000, 100
"""Lines in which there was nothing that are remembered, and characters of one that is not."""
_LARGE, _TOGETHER = 10_000, 1_000_000
"""Characters of a text that is looked at alone, and of texts that are looked at together."""
_SHORTEST = 8
"""Characters of a header's value that may be a secret although its name does not say so."""


class Secret(NamedTuple):
    """A secret, and where it is."""

    code: str
    """That of the rule that reports it."""
    kind: str
    """In kebab-case, such as ``openai-project-key``: placeholders are named by it."""
    title: str
    """In words: ``an OpenAI project key``."""
    severity: Severity
    value: str
    """The secret itself, as it would be used."""
    view: View
    """The text in which it stands."""
    start: int
    end: int
    where: str
    """The place in words: ``the response body``."""
    event: int | None = None
    """The event of a stream that it is in."""
    events: int = 0
    """Over how many events it is split, if over more than one."""

    @property
    def route(self) -> Route:
        """Its place in the recording."""
        route = self.view.route(self.start, self.end)
        return route if self.event is None else route._replace(event=self.event)


def canonical(value: str) -> str:
    """A secret without the escapes of the text that it was found in: a key of several lines has line breaks."""
    if "\\" not in value:
        return value
    from cassette_tools.source.scalar import unescaped

    for _ in range(3):
        plain = unescaped(value).value
        if plain == value:
            break
        value = plain
    return value.strip() if "\n" in value else value


class _Look(NamedTuple):
    """A text of an interaction that is looked at together with others, and the closer look at it."""

    text: str
    closely: Callable[[bool], None]
    """Is told whether something in the text has the form of a secret."""
    always: bool = False
    """Also if nothing has: what a value is called may tell that it is one."""


class _Ranges:
    """Ranges of a text that do not overlap."""

    def __init__(self) -> None:
        self._ranges: list[tuple[int, int]] = []

    def touch(self, start: int, end: int) -> bool:
        """Whether one of them and this one have a character in common."""
        place = bisect_left(self._ranges, (end,))
        return place > 0 and self._ranges[place - 1][1] > start

    def add(self, start: int, end: int) -> None:
        """Add one, unless it is there."""
        if not self.touch(start, end):
            insort(self._ranges, (start, end))


class _Found:
    """Collects the secrets of an interaction: each place once, by what tells most about it."""

    def __init__(self, codes: frozenset[str], texts: Texts, allowed: Callable[[str], bool]) -> None:
        self._codes = codes
        self._allowed = allowed
        self.texts = texts
        # By text: what was found in it, and the codings below which something was.
        self._places: defaultdict[View, _Ranges] = defaultdict(_Ranges)
        self._opened: defaultdict[View, _Ranges] = defaultdict(_Ranges)
        self.secrets: list[Secret] = []

    def add(self, secret: Secret) -> None:
        """Take a secret in, unless something was found there before: what was found first tells more."""
        grounds = secret.view.grounds(secret.start, secret.end)
        if self._is_taken(*grounds[0]):
            return
        # All fragments: what a later one has of a secret may look like a whole one, too.
        for view, start, end in grounds:
            self._places[view].add(start, end)
            for outer, first, last in _codings_above(view):
                self._opened[outer].add(first, last)
        if secret.code in self._codes and (secret.code == KNOWN or not self._allowed(secret.value)):
            plain, start, end = views.without_coding(secret.view, secret.start, secret.end)
            self.secrets.append(secret._replace(view=plain, start=start, end=end))

    def _is_taken(self, view: View, start: int, end: int) -> bool:
        return (
            self._places[view].touch(start, end)
            or self._opened[view].touch(start, end)
            or any(self._places[outer].touch(first, last) for outer, first, last in _codings_above(view))
        )


def _codings_above(view: View) -> Iterator[tuple[View, int, int]]:
    """The texts that hold a text under a coding, with the places of what is coded."""
    while isinstance(view, views.Packed) and view.parent is not None:
        view, start, end = view.parent.ground(view.start, view.end)
        yield view, start, end


class Finder:
    """Finds secrets.

    Args:
        codes: Those of the rules that are switched on.
        options: What is secret, and what is not, beyond what the tool knows.
    """

    def __init__(self, codes: Iterable[str] = CODES, options: "SecretOptions | None" = None) -> None:
        self._codes = frozenset(codes) & CODES
        self._options = options or DEFAULTS
        self._known = self._options.known if KNOWN in self._codes else None
        # A key is reported by what it stands in, and what another rule would report is not this one's.
        others = {URL, API_KEY} if self._codes & {HEADER, URL, API_KEY, SPLIT} else set[str]()
        others |= {PRIVATE_KEY, ACCOUNT} if SPLIT in self._codes else set()
        self._scanner = self._options.scanner(self._codes | others)
        # Those of the tool know how JSON writes what is around a secret.
        self._own = self._options.scanner(self._codes | others, own=True) if self._options.patterns else None
        self._kinds: dict[str, str] = {}
        self._empty: set[str] = set()  # lines in which there was nothing: files have the same keys
        self._plain: set[str] = set()  # the same for the values of headers

    @staticmethod
    def columns() -> Columns:
        """Takes the events of a response while it is read, so that they need not be read again to be searched."""
        return Columns()

    def find(
        self,
        interaction: Interaction,
        transcript: Transcript | None = None,
        texts: "Texts | None" = None,
        columns: Columns | None = None,
    ) -> list[Secret]:
        """The secrets of an interaction.

        Args:
            interaction: The interaction.
            transcript: What reading its response gave; None where it is no stream and no protocol is known.
            texts: The views of the recording, if others need them, too.
            columns: The strings of the response's events, if they have been collected.
        """
        found = _Found(self._codes, texts or Texts(), self._options.allowed)
        looks = list(self._looks(interaction, transcript, found, columns))
        suspicious = self._suspicious([look.text for look in looks])
        for number, look in enumerate(looks):
            if look.always or number in suspicious:
                look.closely(number in suspicious)
            elif len(look.text) < _LONG and len(self._plain) < _MOST_EMPTY:
                self._plain.add(look.text)
        return found.secrets

    def _looks(
        self, interaction: Interaction, transcript: Transcript | None, found: _Found, columns: Columns | None
    ) -> Iterator[_Look]:
        """The texts of an interaction, in the order in which they are looked at."""
        request, response = interaction.request, interaction.response
        for message, name in ((request, "request"), (response, "response")):
            yield from self._headers(message, name, found)
            yield from self._extra(message, name, found)
        if request.url:
            yield self._address(request.url, request.paths.get("url", request.path), "the URL", found, URL)
        yield from self._body(request, "the request body", found)
        # Before the body: what the first fragment has of a secret may look like a whole one.
        if transcript is not None and transcript.framing:
            yield _Look("", lambda _: self._fragments(interaction, transcript, found, columns), always=True)
        if transcript is not None and transcript.framing == "aws-event-stream":
            yield _Look("", lambda _: self._frames(interaction, transcript, found), always=True)
        else:
            yield from self._body(response, "the response body", found, transcript)

    def _suspicious(self, texts: Sequence[str], *, deep: bool = True) -> Collection[int]:
        """The numbers of the texts that are worth a closer look: something in them has the form of a secret.

        Args:
            texts: The texts.
            deep: Also if it may be below a coding.
        """
        if self._known or self._own is not None:
            return range(len(texts))
        found: set[int] = set()
        several: list[int] = []
        size = 0
        for number, text in enumerate(texts):
            if len(text) > _LARGE:
                found.add(number)  # the closer look costs no more than the first one
            elif text:
                several.append(number)
                size += len(text)
            if several and (size > _TOGETHER or number == len(texts) - 1):
                some = [texts[number] for number in several]
                marked = self._scanner.touched(some) | (views.hiding(some) if deep else set())
                found.update(several[at] for at in marked)
                several, size = [], 0
        return found

    def find_elsewhere(
        self, document: Document, cassette: Cassette, held: Iterable[Secret] = (), texts: "Texts | None" = None
    ) -> list[Secret]:
        """The secrets of a file that stand in no request and no response: in other fields, in keys, in comments.

        Args:
            document: The file.
            cassette: What was read of it.
            held: What was found in its requests and responses.
            texts: The views of the recording, if others need them, too.
        """
        again = {secret.value for secret in held if secret.severity > Severity.INFO}
        lines = elsewhere.lines(document, cassette, again)
        lines = [line for line in lines if line not in self._empty]
        if not lines:
            return []
        some = _Found(CODES, Texts(), self._options.allowed)
        self._text(views.Recorded("\n".join(lines), ()), "", some)
        if not some.secrets:
            if len(self._empty) < _MOST_EMPTY:
                self._empty.update(line for line in lines if len(line) < _LONG)
            return []
        found = _Found(self._codes, texts or Texts(), self._options.allowed)
        for other in elsewhere.others(document, cassette, found.texts):
            if len(other.view.text) >= _SHORTEST or self._known:
                self._other(other, found)
        return found.secrets

    def _other(self, other: elsewhere.Other, found: _Found) -> None:
        view, name, where = other.view, other.name, other.where
        if "://" in view.text or "?" in view.text:
            self._url(view, where, found, API_KEY)
        else:
            self._text(view, where, found)
        self._named(view, name, where, found)

    # --- any text ---------------------------------------------------------------------------------------------------

    def _text(self, view: View, where: str, found: _Found, place: str = API_KEY, *, deep: bool = True) -> None:
        """Look for what has a form of its own, and for what is known.

        Args:
            view: The text.
            where: Its place in words.
            found: Takes what is found.
            place: The code for a key that stands in such a place.
            deep: Look below its codings, too.
        """
        # What is known tells more than what it looks like; and a text without its escapes, more than one with them.
        self._known_in(view, where, found)
        inner = view.inner if deep else ()
        for text in inner:
            if isinstance(text, views.Mapped):
                self._text(text, where, found, place)
        if self._own is not None and deep:
            self._own_in(self._own, view, where, found, place)
        self._hits(self._scanner, view, where, found, place)
        for text in inner:
            if not isinstance(text, views.Mapped):
                self._text(text, where, found, place)

    def _own_in(self, own: Scanner, view: View, where: str, found: _Found, place: str) -> None:
        """Look for the user's patterns in a text without its escapes, as they are written for such ones."""
        plain = view.unescaped if len(view.codings) < _MAX_ESCAPES else None
        if plain is not None:
            self._own_in(own, plain, where, found, place)
            self._hits(own, plain, where, found, place)

    def _hits(self, scanner: Scanner, view: View, where: str, found: _Found, place: str) -> None:
        for pattern, start, end in scanner.hits(view.text):
            code = place if pattern.code == API_KEY else pattern.code
            value = view.text[start:end]
            value = fields.plain(value) if code == URL else canonical(value)
            severity = _SEVERITIES[pattern.weight]
            found.add(Secret(code, pattern.name, pattern.title, severity, value, view, start, end, where))

    def _known_in(self, view: View, where: str, found: _Found) -> None:
        if self._known is None:
            return
        for hit in self._known.hits(view.text):
            value, title = self._known.value(hit.name), f"the value of {hit.name}"
            how = "" if hit.how == "raw" else f" ({hit.how})"
            kind = fields.slug(hit.name)
            found.add(Secret(KNOWN, kind, title + how, Severity.ERROR, value, view, hit.start, hit.end, where))

    def _fragments(
        self, interaction: Interaction, transcript: Transcript, found: _Found, columns: Columns | None
    ) -> None:
        """Look for what is cut over the events of a stream."""
        several = list(found.texts.stream(interaction, transcript).texts(columns))
        if columns is not None:
            columns.forget()  # a stream of a hundred megabytes is in there, too
        for number in sorted(self._suspicious([text.text for text in several], deep=False)):
            self._split(several[number], found)

    def _split(self, text: "Joined", found: _Found) -> None:
        """Look for what no single fragment shows."""
        whole = _Found(CODES, found.texts, self._options.allowed)
        self._text(text, "the answer", whole, deep=False)
        for secret in whole.secrets:
            events = text.events(secret.start, secret.end)
            if len(events) > 1:
                code = KNOWN if secret.code == KNOWN else SPLIT
                where = f"the answer, split over {len(events)} fragments"
                found.add(secret._replace(code=code, where=where, event=events[0], events=len(events)))

    def _frames(self, interaction: Interaction, transcript: Transcript, found: _Found) -> None:
        """Look at the events of a stream that is framed in bytes."""
        several = list(found.texts.stream(interaction, transcript).frames())
        for number in sorted(self._suspicious([view.text for view in several])):
            self._text(several[number], "the response body", found)

    # --- headers ----------------------------------------------------------------------------------------------------

    def _headers(self, message: Message, name: str, found: _Found) -> Iterator[_Look]:
        others: list[_Look] = []
        for header in message.headers:
            kind = self._kinds.get(header.name) or self._kind(header.name)
            if self._known and kind not in ("other", "authorization", "key", "vague"):
                # Whatever else is looked for there, if anything.
                view = found.texts.value(header.value, header.path)
                self._known_in(view, f"the {name} header {header.name}", found)
            if kind == "public":
                continue
            if kind == "vague":
                kind = "key" if context.looks_random(header.value) else "other"
            if kind != "other":
                closely = functools.partial(self._telling_header, kind, header, name, found)
                yield _Look(header.value, closely, always=True)
            elif header.value not in self._plain and (len(header.value) >= _SHORTEST or self._known):
                others.append(self._other_header(header, name, found))
        yield from others

    def _kind(self, name: str) -> str:
        """What a header is by its name."""
        kind = "public" if name.lower() in _PUBLIC | _PLAIN else context.header_kind(name) or "other"
        self._kinds[name] = kind
        return kind

    def _other_header(self, header: Header, name: str, found: _Found) -> _Look:
        value, where = header.value, f"the {name} header {header.name}"
        if "://" in value or "?" in value or "%" in value:
            place = URL if header.name.lower() in _ADDRESSES else HEADER
            return self._address(value, header.path, where, found, place)

        def closely(_: bool) -> None:
            self._text(found.texts.value(value, header.path), where, found, HEADER)

        return _Look(value, closely)

    def _extra(self, message: Message, name: str, found: _Found) -> Iterator[_Look]:
        for line in message.extra:

            def closely(suspicious: bool, line: Header = line) -> None:
                view, where = found.texts.value(line.value, line.path), f"the {name}'s field {line.name[:40]}"
                if suspicious:
                    self._text(view, where, found)
                self._named(view, line.name, where, found)

            yield _Look(line.value, closely, always=True)

    def _named(self, view: View, name: str, where: str, found: _Found, start: int = 0, end: int | None = None) -> None:
        """What is a credential by the name of the field whose value it is."""
        end = len(view.text) if end is None else end
        value = view.text[start:end]
        if len(value) > 3 and context.field_is_credential(name, value) and not context.is_placeholder(value):
            title = f"the value of the field {name[:40]}"
            found.add(Secret(API_KEY, fields.slug(name), title, Severity.ERROR, value, view, start, end, where))

    def _telling_header(self, kind: str, header: Header, name: str, found: _Found, suspicious: bool) -> None:
        value, where = header.value, f"the {name} header {header.name}"
        view = found.texts.value(value, header.path)
        if kind in ("cookie", "set-cookie"):
            for start, end, cookie in fields.cookies(value, several=kind == "cookie"):
                title = f"the cookie {cookie[:40]}"
                severity = Severity.WARNING if context.cookie_kind(cookie) == "session" else Severity.INFO
                for pattern, *_ in self._scanner.hits(value[start:end]) if suspicious else ():
                    if pattern.code == API_KEY:
                        title, severity = f"{title} with {pattern.title}", max(severity, _SEVERITIES[pattern.weight])
                        break
                found.add(_secret(COOKIE, "cookie", title, severity, view, start, end, where))
        elif kind in ("account", "person"):
            if len(value) > 3 and not context.is_placeholder(value):
                code, title = (ACCOUNT, "an account id") if kind == "account" else (PERSONAL, "personal data")
                found.add(_secret(code, fields.slug(header.name), title, Severity.INFO, view, 0, len(value), where))
        else:
            if suspicious:
                self._text(view, where, found, HEADER)
            for start, end, title, severity in fields.credentials(value, scheme=kind == "authorization"):
                severity = Severity.WARNING if header.name.lower() == _TEMPORARY else severity
                found.add(_secret(HEADER, fields.slug(header.name), title, severity, view, start, end, where))

    # --- URLs and forms ---------------------------------------------------------------------------------------------

    def _address(self, text: str, path: Path, where: str, found: _Found, place: str) -> _Look:
        def closely(suspicious: bool) -> None:
            self._url(found.texts.value(text, path), where, found, place, by_shape=suspicious)

        return _Look(text, closely, always=any(sign in text for sign in "?#%@"))

    def _url(self, view: View, where: str, found: _Found, place: str = URL, *, by_shape: bool = True) -> None:
        # What separates values is told before percent-encoding is taken off: some of it is in the values.
        self._parameters(view, where, found, place)
        if "%" in view.text and len(view.codings) < _MAX_PERCENT:
            # What is found there is more than what can be told of it while it is encoded.
            decoded = views.without_percent(view)
            if decoded is not None:
                self._url(decoded, where, found, place)
        if by_shape:
            self._text(view, where, found, place, deep=False)
        for start, end in fields.userinfo(view.text):
            if not context.is_placeholder(view.text[start:end]):
                title = "the password of a URL"
                found.add(_secret(URL, "password", title, Severity.ERROR, view, start, end, where))
        for inner in view.inner if by_shape else ():
            self._text(inner, where, found, place)

    def _parameters(self, view: View, where: str, found: _Found, place: str) -> None:
        shapes: dict[tuple[int, int], Pattern] | None = None
        for start, end, name in fields.parameters(view.text):
            value = fields.plain(view.text[start:end])
            if len(value) > 3 and context.parameter_is_credential(name, value) and not context.is_placeholder(value):
                if shapes is None:
                    shapes = {(hit.start, hit.end): hit.pattern for hit in self._scanner.hits(view.text)}
                pattern = self._whole(value) or shapes.get((start, end))
                code, kind, title, severity = (
                    URL,
                    fields.slug(name),
                    f"the value of the parameter {name[:40]}",
                    Severity.WARNING if context.parameter_is_id(name) else Severity.ERROR,
                )
                if pattern is not None:
                    code = place if pattern.code == API_KEY else pattern.code
                    kind, title, severity = pattern.name, pattern.title, _SEVERITIES[pattern.weight]
                found.add(_secret(code, kind, title, severity, view, start, end, where))

    def _whole(self, value: str) -> Pattern | None:
        """The kind of a secret that a value is from its first to its last character."""
        hits = self._scanner.hits(value)
        return hits[0].pattern if hits and (hits[0].start, hits[0].end) == (0, len(value)) else None

    def _form(self, view: View, where: str, found: _Found) -> None:
        inner = views.without_percent(view, form=True)
        for text in (inner, view):
            if text is not None:
                self._known_in(text, where, found)
        for start, end, name in fields.pairs(view.text):
            value = fields.plain(view.text[start:end].replace("+", " "))
            if len(value) > 3 and context.field_is_credential(name, value) and not context.is_placeholder(value):
                title = f"the value of the field {name[:40]}"
                found.add(_secret(API_KEY, fields.slug(name), title, Severity.ERROR, view, start, end, where))
        if inner is not None:
            self._text(inner, where, found)

    # --- bodies -----------------------------------------------------------------------------------------------------

    def _body(
        self, message: Message, where: str, found: _Found, transcript: Transcript | None = None
    ) -> Iterator[_Look]:
        view = found.texts.body(message.body)
        if view is None:
            return
        is_form = message.media_type == _FORM
        is_multipart = message.media_type == _PARTS

        def closely(suspicious: bool) -> None:
            if is_form:
                self._form(view, where, found)
            elif is_multipart:
                for start, end, name in fields.parts(view.text):
                    self._named(view, name, where, found, start, end)
            first = len(found.secrets)
            if suspicious:
                self._text(view, where, found)
            if isinstance(view, views.Derived) and self._known and not self._known.hits(view.text):
                # Written as JSON, the strings of a structure have one level of escapes more than in the file.
                for path, text in _strings(message.body.json()):
                    if "\\" in text:
                        self._text(found.texts.value(text, (*message.body.path, *path)), where, found)
            if transcript is not None and transcript.framing == "event-stream":
                found.secrets[first:] = [_with_event(secret, transcript) for secret in found.secrets[first:]]

        yield _Look(view.text, closely, always=is_form or is_multipart)


_MAX_PERCENT = 2
_MAX_ESCAPES = 5
"""Codings within each other below which escapes are taken off for the user's patterns."""


def _strings(value: Any) -> Iterator[tuple[Path, str]]:
    """The strings of a structure, with the ways to them."""
    stack: list[tuple[Path, Any]] = [((), value)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            stack.extend(((*path, key), item) for key, item in value.items())
        elif isinstance(value, list):
            stack.extend(((*path, number), item) for number, item in enumerate(value))


def _secret(
    code: str, kind: str, title: str, severity: Severity, view: View, start: int, end: int, where: str
) -> Secret:
    return Secret(code, kind, title, severity, fields.plain(view.text[start:end]), view, start, end, where)


def _with_event(secret: Secret, transcript: Transcript) -> Secret:
    """The same, with the event that it is in."""
    span = secret.route.span
    if span is None or not transcript.event_count:
        return secret
    number = bisect_right(range(transcript.event_count), span[0], key=lambda event: transcript.event_span(event)[0]) - 1
    return secret._replace(event=number) if number >= 0 else secret
