"""Where secrets are put, and in which encoding: each place takes an exchange that has what it needs and changes it."""

import base64
import functools
import gzip
import itertools
import json
import random
import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from tests.corpus.planting import streams
from tests.corpus.planting.kinds import Kind, Secret, some
from tests.corpus.planting.streams import Framing, What
from tests.corpus.planting.tape import Exchange, Part, Side, leaves

Codes = frozenset[str]


class Planted(NamedTuple):
    """What was put somewhere."""

    carrier: str
    """The text with the secret in it, before it was encoded."""
    header: str = ""
    """The header that holds it."""


class Place(NamedTuple):
    """A place and an encoding."""

    name: str
    side: Side
    area: str
    """``url``, ``body`` or a header; there is room for one secret in each."""
    fits: Callable[[Exchange], bool]
    plant: Callable[[Exchange, Secret, random.Random], Planted]
    codes: Codes = frozenset()
    """The rules that are meant for what is found here; empty where the kind of secret decides."""
    style: str = ""
    """How the file has to be written."""
    traits: Codes = frozenset()

    def expected(self, secret: Secret) -> Codes:
        """The rules that are meant for a secret here."""
        if secret.known:
            return secret.codes
        if "split" in self.traits and "CT606" in secret.codes:
            return self.codes | secret.codes
        return self.codes or secret.codes


def _always(_: Exchange) -> bool:
    return True


# --- headers --------------------------------------------------------------------------------------------------------

_OWN = ("x-api-key", "api-key", "x-goog-api-key", "X-Auth-Token", "xi-api-key", "Ocp-Apim-Subscription-Key")


def _header(exchange: Exchange, side: Side, name: str, value: str, carrier: str) -> Planted:
    exchange.part(side).set_header(name, value)
    return Planted(carrier, name)


def _own(side: Side) -> Callable[[Exchange, Secret, random.Random], Planted]:
    def plant(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
        return _header(exchange, side, chance.choice(_OWN), secret.value, secret.value)

    return plant


def _scheme(*schemes: str) -> Callable[[Exchange, Secret, random.Random], Planted]:
    def plant(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
        value = f"{chance.choice(schemes)} {secret.value}".strip()
        return _header(exchange, "request", "Authorization", value, secret.value)

    return plant


def _basic_value(secret: Secret, chance: random.Random) -> str:
    user = some(chance, "abcdefghijkl", 6)
    return "Basic " + base64.b64encode(f"{user}:{secret.value}".encode()).decode()


def _basic(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
    return _header(exchange, "request", "Authorization", _basic_value(secret, chance), secret.value)


def _proxy(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
    value = chance.choice([f"Bearer {secret.value}", _basic_value(secret, chance)])
    return _header(exchange, "request", "Proxy-Authorization", value, secret.value)


def _signed_header(exchange: Exchange, secret: Secret, _: random.Random) -> Planted:
    return _header(exchange, "request", "Authorization", secret.text, secret.text)


def _cookie(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
    name = chance.choice(["session", "sid", "auth_token", "__Secure-next-auth.session-token"])
    value = f"theme=dark; {name}={secret.value}; lang=en"
    return _header(exchange, "request", "Cookie", value, secret.value)


def _set_cookie(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
    name = chance.choice(["session", "sid", "auth_token", "__Secure-next-auth.session-token"])
    value = f"{name}={secret.value}; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=None"
    return _header(exchange, "response", "Set-Cookie", value, secret.value)


def _remark(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
    value = chance.choice(["used {}", "{}", "key={}; tries=1"]).format(secret.value)
    return _header(exchange, "response", chance.choice(["X-Debug", "X-Upstream-Info"]), value, secret.value)


# --- what is neither a header nor a URL nor a body -------------------------------------------------------------------


def _has_status(exchange: Exchange) -> bool:
    status = exchange.response.node.get("status")
    return isinstance(status, str) or (isinstance(status, dict) and "message" in status)


def _status(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
    exchange.status_text = chance.choice(["200 {}", "401 no such key: {}", "{}"]).format(secret.value)
    return Planted(secret.value)


# --- URLs -----------------------------------------------------------------------------------------------------------

_PARAMETERS = ("key", "api_key", "access_token", "token", "apikey")


def _parameter(secret: Secret, chance: random.Random) -> str:
    if secret.known or (not secret.announced and chance.random() < 0.5):
        return "q"
    return secret.field if secret.announced else chance.choice(_PARAMETERS)


def _all_percent(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


_ENCODINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda value: quote(value, safe=""),
    "once": _all_percent,
    "twice": lambda value: quote(_all_percent(value), safe=""),
}


def _with_query(url: str, name: str, value: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{name}={value}"


def _query(encoding: str) -> Callable[[Exchange, Secret, random.Random], Planted]:
    def plant(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
        exchange.url = _with_query(exchange.url, _parameter(secret, chance), _ENCODINGS[encoding](secret.value))
        return Planted(secret.value)

    return plant


def _signed_query(exchange: Exchange, secret: Secret, _: random.Random) -> Planted:
    access = secret.hidden[1]
    credential = quote(f"{access}/20260102/us-east-1/s3/aws4_request", safe="")
    url = _with_query(exchange.url, "X-Amz-Algorithm", "AWS4-HMAC-SHA256")
    exchange.url = f"{url}&X-Amz-Credential={credential}&X-Amz-Expires=900&X-Amz-Signature={secret.value}"
    return Planted(f"{access} {secret.value}")


def _userinfo(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
    user = some(chance, "abcdefghijkl", 6)
    exchange.url = exchange.url.replace("://", f"://{user}:{quote(secret.value, safe='')}@", 1)
    return Planted(secret.value)


def _address(side: Side, name: str) -> Callable[[Exchange, Secret, random.Random], Planted]:
    def plant(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
        value = _ENCODINGS[chance.choice(list(_ENCODINGS))](secret.value)
        url = _with_query("https://app.example.org/callback?lang=en", _parameter(secret, chance), value)
        return _header(exchange, side, name, url, secret.value)

    return plant


# --- bodies of JSON -------------------------------------------------------------------------------------------------

_PROSE = ("content", "text", "input", "prompt", "system", "instructions")
_MARK = "QZ0marked0here0QZ"


def _is_json(part: Part) -> bool:
    return part.simple and isinstance(part.json(), dict)


@functools.cache
def _has_json(side: Side) -> Callable[[Exchange], bool]:
    return lambda exchange: _is_json(exchange.part(side))


@functools.cache
def _has_text(side: Side) -> Callable[[Exchange], bool]:
    """JSON that is kept as it was sent."""
    return lambda exchange: _is_json(exchange.part(side)) and not exchange.part(side).structured


def _dumped(value: Any, chance: random.Random) -> str:
    separators = chance.choice([(",", ":"), (", ", ": ")])
    return json.dumps(value, ensure_ascii=chance.random() < 0.5, separators=separators)


def _into(root: dict[str, Any], secret: Secret, chance: random.Random) -> tuple[dict[str, Any] | list[Any], Any, str]:
    """Where in JSON a secret can be: a mapping or list, a key of it, and what the value there is to be."""
    prose = [
        path
        for path, leaf in leaves(root)
        if path and path[-1] in _PROSE and isinstance(leaf, str) and len(leaf) < 5000
    ]
    if prose and chance.random() < 0.6:
        path = chance.choice(prose)
        holder: Any = root
        for step in path[:-1]:
            holder = holder[step]
        return holder, path[-1], f"{holder[path[-1]]}\n{secret.text}"
    if secret.announced and "CT602" not in secret.codes:  # a part of a URL stands in one
        return root, secret.field, secret.value
    values = [secret.text] if "CT602" in secret.codes else [secret.value, secret.text]
    return root, chance.choice(["note", "user", secret.field]), chance.choice(values)


def _json(side: Side) -> Callable[[Exchange, Secret, random.Random], Planted]:
    def plant(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
        part = exchange.part(side)
        root = part.json()
        holder, key, text = _into(root, secret, chance)
        holder[key] = text
        part.set_text(_dumped(root, chance))
        return Planted(text)

    return plant


def _escaped_json(side: Side, escape: Callable[[str], str]) -> Callable[[Exchange, Secret, random.Random], Planted]:
    def plant(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
        part = exchange.part(side)
        root = part.json()
        holder, key, text = _into(root, secret, chance)
        holder[key] = _MARK
        part.set_text(_dumped(root, chance).replace(_MARK, escape(text)))
        return Planted(text)

    return plant


def _as_units(text: str) -> str:
    data = text.encode("utf-16-be")
    return "".join(f"\\u{data[n]:02x}{data[n + 1]:02x}" for n in range(0, len(data), 2))


def _with_slashes(text: str) -> str:
    return json.dumps(text)[1:-1].replace("/", "\\/")


def _nested(side: Side) -> Callable[[Exchange, Secret, random.Random], Planted]:
    def plant(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
        part = exchange.part(side)
        root = part.json()
        inner: dict[str, Any] = {"path": "a.txt", "options": {"depth": 1}}
        holder, key, text = _into(inner, secret, chance)
        holder[key] = text
        value = _dumped(inner, chance)
        if chance.random() < 0.3:
            value = _dumped({"status": "ok", "body": value}, chance)
        root["payload"] = value
        part.set_text(_dumped(root, chance))
        return Planted(text)

    return plant


def _base64_of(data: bytes, chance: random.Random) -> str:
    return chance.choice([base64.b64encode, base64.b64encode, base64.urlsafe_b64encode])(data).decode()


def _coded_string(
    side: Side, name: str, code: Callable[[str, random.Random], str]
) -> Callable[[Exchange, Secret, random.Random], Planted]:
    def plant(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
        part = exchange.part(side)
        root = part.json()
        root[name] = code(secret.text, chance)
        part.set_text(_dumped(root, chance))
        return Planted(secret.text)

    return plant


def _data_url(text: str, chance: random.Random) -> str:
    media = chance.choice(["text/plain", "application/json", "application/octet-stream", "text/plain;charset=utf-8"])
    return f"data:{media};base64,{base64.b64encode(text.encode()).decode()}"


def _aligned(offset: int) -> Callable[[str, random.Random], str]:
    return lambda text, chance: base64.b64encode(
        ("-" * (3 * chance.randrange(3) + offset) + text + ";").encode()
    ).decode()


def _aligned_value(offset: int) -> Callable[[Exchange, Secret, random.Random], Planted]:
    plant = _coded_string("response", "blob", _aligned(offset))
    return lambda exchange, secret, chance: plant(exchange, secret._replace(text=secret.value), chance)


def _in_lines(text: str, chance: random.Random) -> str:
    """As the API of a code host and as MIME have it."""
    coded = base64.b64encode(f"# settings of some service, made by hand\n{text}\nMORE=1\n".encode()).decode()
    width = chance.choice([60, 64, 76])
    gap = chance.choice(["\n", "\r\n"])
    return "".join(coded[at : at + width] + gap for at in range(0, len(coded), width))


# --- other bodies ---------------------------------------------------------------------------------------------------


def _has_body(exchange: Exchange) -> bool:
    """A request that may as well have had another body."""
    return exchange.method == "POST" and _has_text("request")(exchange) and _has_text("response")(exchange)


def _form(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
    name = secret.field if secret.announced else chance.choice(["q", "assertion", "token"])
    fields = {"grant_type": "client_credentials", name: secret.value, "scope": "read write"}
    exchange.request.set_text(urlencode(fields))
    exchange.request.set_header("Content-Type", "application/x-www-form-urlencoded")
    if "form" in exchange.request.node:  # go-vcr keeps a copy
        exchange.request.node["form"] = {key: [value] for key, value in fields.items()}
    return Planted(secret.value)


def _multipart(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
    boundary = "----boundary" + some(chance, "0123456789abcdef", 16)
    disposition = "Content-Disposition: form-data; name"
    parts = [f'{disposition}="purpose"\r\n\r\nassistants']
    if chance.random() < 0.5:
        carrier = secret.value if secret.announced and "CT602" not in secret.codes else secret.text
        parts.append(f'{disposition}="{secret.field}"\r\n\r\n{carrier}')
    else:
        carrier = secret.text
        parts.append(f'{disposition}="file"; filename=".env"\r\nContent-Type: text/plain\r\n\r\n{carrier}')
    body = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"
    exchange.request.set_text(body)
    exchange.request.set_header("Content-Type", f"multipart/form-data; boundary={boundary}")
    return Planted(carrier)


@functools.cache
def _compressible(side: Side) -> Callable[[Exchange], bool]:
    def fits(exchange: Exchange) -> bool:
        part = exchange.part(side)
        as_sent = not part.header("content-encoding") or bool(part.coding)
        return _has_text(side)(exchange) and as_sent and "content" not in part.node

    return fits


def _compressed(side: Side, coding: str) -> Callable[[Exchange, Secret, random.Random], Planted]:
    def plant(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
        planted = _json(side)(exchange, secret, chance)
        part = exchange.part(side)
        part.set_data(part.text.encode(), coding, text=False)
        return planted

    return plant


# --- streams --------------------------------------------------------------------------------------------------------

_CHAT = ("choices", 0, "delta", "tool_calls", 0, "function", "arguments")
_MANY = 0


def _fragments(text: str, secret: Secret, count: int, chance: random.Random) -> list[str]:
    """A text cut within the secret; into many pieces where the count is ``_MANY``."""
    spelt = [form for part in secret.hidden for form in (json.dumps(part)[1:-1], part, quote(part, safe=""))]
    first = next(part for part in spelt if part in text)
    start, end = text.index(first) + 1, text.index(first) + len(first)
    if secret.codes == {"CT606"}:
        end = max(text.index(part) + len(part) for part in spelt if part in text)
    count = count or min(end - start, chance.randint(6, 14))
    cuts = [0, *sorted(chance.sample(range(start, end), count - 1)), len(text)]
    return [text[one:other] for one, other in itertools.pairwise(cuts)]


class Through(NamedTuple):
    """Which text of which streams is meant."""

    framings: tuple[Framing, ...]
    what: What = "text"
    path: tuple[str | int, ...] = ()
    kind: str = ""
    """How the type of its events starts."""
    inner: bool | None = None
    """Whether their JSON is in base64."""

    def find(self, exchange: Exchange) -> tuple[Framing, list[streams.Event], list[streams.Channel]] | None:
        """The stream of an exchange and the texts that may be planted in; None where there are none."""
        found = streams.read(exchange)
        return None if found is None else self._choose(*found, streams.channels(found[1], self.what))

    def _choose(
        self, framing: Framing, events: list[streams.Event], texts: Iterable[streams.Channel]
    ) -> tuple[Framing, list[streams.Event], list[streams.Channel]] | None:
        if framing not in self.framings or len(events) < 2:
            return None
        channels = [
            channel
            for channel in texts
            if self.path in ((), channel.path)
            and str(events[channel.places[0]].value.get("type", "")).startswith(self.kind)
            and self.inner in (None, events[channel.places[0]].inner)
            and not _refuses(events, channel)
        ]
        return (framing, events, channels) if channels else None

    def fits(self, exchange: Exchange) -> bool:
        if not exchange.response.simple:
            return False
        found = streams.glance(exchange, self.what)
        return found is not None and self._choose(*found) is not None


def _refuses(events: list[streams.Event], channel: streams.Channel) -> bool:
    """Whether nothing can be put in between: arguments that are no object, a snapshot that nothing tells."""
    text = "".join(streams.at(events[number].value, channel.path) for number in channel.places)
    if channel.what == "arguments" and text and "{" not in text:
        return True
    return not text and str(events[channel.places[0]].value.get("type")).startswith("response.")


def _stream(
    through: Through, count: int, *, coding: str = "", as_array: bool = False
) -> Callable[[Exchange, Secret, random.Random], Planted]:
    def plant(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
        found = through.find(exchange)
        assert found is not None
        framing, events, channels = found
        channel = chance.choice(channels)
        text = secret.text
        if through.what == "arguments":
            name, value = (
                (secret.field, secret.value)
                if secret.announced and "CT602" not in secret.codes and chance.random() < 0.5
                else ("command", text)
            )
            text = f"{json.dumps(name)}:{json.dumps(value)}"
        elif channel.what in ("text", "reasoning"):
            text = f"\n{text}\n"
        pieces = [text] if count == 1 else _fragments(text, secret, count, chance)
        streams.insert(events, channel, pieces, chance)
        if as_array:
            framing = "array"
            exchange.url = re.sub(r"[?&]alt=sse", "", exchange.url)
            exchange.response.set_header("Content-Type", "application/json; charset=UTF-8")
        streams.write(exchange, framing, events)
        if coding:
            exchange.response.set_data(exchange.response.text.encode(), coding, text=False)
        return Planted(text)

    return plant


def _is_stream(exchange: Exchange) -> bool:
    return _SSE.fits(exchange) and _plain_body(exchange)


Events = Callable[[list[str]], list[tuple[str, Any]]]


def _chunk(**choice: Any) -> dict[str, Any]:
    return {"object": "chat.completion.chunk", "choices": [{"index": 0, **choice}]}


_UNMODELLED: dict[str, Events] = {
    "unknown events": lambda pieces: [("", {"type": "text-delta", "id": "1", "delta": piece}) for piece in pieces],
    "numbered events": lambda pieces: [("", {"index": n, "token": {"text": it}}) for n, it in enumerate(pieces)],
    "events that are strings": lambda pieces: [("output", piece) for piece in pieces],
    "a transcript": lambda pieces: [("", _chunk(delta={"audio": {"transcript": piece}})) for piece in pieces],
    "a copy in details": lambda pieces: [
        ("", _chunk(delta={"content": piece, "reasoning_details": [{"type": "reasoning.text", "text": piece}]}))
        for piece in pieces
    ],
    "a copy in tokens": lambda pieces: [
        ("", _chunk(delta={"content": piece}, logprobs={"content": [{"token": piece, "bytes": [*piece.encode()]}]}))
        for piece in pieces
    ],
}
"""Streams of no protocol that is known, and copies of a text beside it."""


def _unmodelled(make: Events, count: int) -> Callable[[Exchange, Secret, random.Random], Planted]:
    def plant(exchange: Exchange, secret: Secret, chance: random.Random) -> Planted:
        text = f"Here it is: {secret.text}, so to speak"
        events = make(_fragments(text, secret, count, chance))
        heads = [f"event: {name}\n" if name else "" for name, _ in events]
        datas = [json.dumps(data, ensure_ascii=chance.random() < 0.5) for _, data in events]
        exchange.response.set_text("".join(f"{head}data: {data}\n\n" for head, data in zip(heads, datas, strict=True)))
        return Planted(text)

    return plant


_SSE = Through(("event-stream",))
_FRAMES = Through(("frames",), inner=False)
_INNER = Through(("frames",), inner=True)
_LINES = Through(("ndjson",))
_GEMINI = Through(("event-stream",), path=("candidates", 0, "content", "parts", 0, "text"))
_ANTHROPIC_CALL = Through(("event-stream",), "arguments", kind="content_block_delta")
_CHAT_CALL = Through(("event-stream",), "arguments", path=_CHAT)
_RESPONSES_CALL = Through(("event-stream",), "arguments", kind="response.")
_REASONING = Through(("event-stream",), "reasoning")


def _through(name: str, through: Through, *counts: int, **options: Any) -> list[Place]:
    names = {1: "within one event", 2: "over 2", 3: "over 3", _MANY: "over many"}
    return [
        Place(
            f"{name}, {names[count]}",
            "response",
            "body",
            through.fits if not options.get("coding") else lambda it: through.fits(it) and _plain_body(it),
            _stream(through, count, **options),
            frozenset() if count == 1 else frozenset({"CT604"}),
            traits=frozenset({"stream"} if count == 1 else {"stream", "split"}),
        )
        for count in counts
    ]


def _plain_body(exchange: Exchange) -> bool:
    return not exchange.response.header("content-encoding") and "content" not in exchange.response.node


_H = frozenset({"CT601"})
_U = frozenset({"CT602"})
_C = frozenset({"CT605"})

PLACES: tuple[Place, ...] = (
    Place("request header of its own", "request", "own", _always, _own("request"), _H),
    Place("Authorization: Bearer", "request", "authorization", _always, _scheme("Bearer", "bearer"), _H),
    Place(
        "Authorization: other schemes",
        "request",
        "authorization",
        _always,
        _scheme("ApiKey", "Token", "Key", "token"),
        _H,
    ),
    Place("Authorization: no scheme", "request", "authorization", _always, _scheme(""), _H),
    Place("Authorization: Basic", "request", "authorization", _always, _basic, _H),
    Place(
        "Authorization: AWS4", "request", "authorization", _always, _signed_header, _H, traits=frozenset({"signature"})
    ),
    Place("Proxy-Authorization", "request", "proxy", _always, _proxy, _H),
    Place("Cookie", "request", "cookie", _always, _cookie, _C),
    Place("Referer", "request", "referer", _always, _address("request", "Referer"), _U),
    Place("response header of its own", "response", "own", _always, _own("response"), _H),
    Place("response header, any", "response", "remark", _always, _remark, frozenset({"CT601", "CT602", "CT603"})),
    Place("Set-Cookie", "response", "cookie", _always, _set_cookie, _C),
    Place("Location", "response", "location", _always, _address("response", "Location"), _U),
    Place("URL, query", "request", "url", _always, _query("plain"), _U),
    Place("URL, percent-encoded", "request", "url", _always, _query("once"), _U),
    Place("URL, percent-encoded twice", "request", "url", _always, _query("twice"), _U),
    Place("URL, signed", "request", "url", _always, _signed_query, _U, traits=frozenset({"signature"})),
    Place("URL, userinfo", "request", "url", lambda it: "://" in it.url, _userinfo, _U),
    *(
        place
        for side in ("request", "response")
        for place in (
            Place(f"{side}, JSON", side, "body", _has_json(side), _json(side)),
            Place(f"{side}, JSON, \\u00XX", side, "body", _has_text(side), _escaped_json(side, _as_units)),
            Place(
                f"{side}, JSON, \\/",
                side,
                "body",
                _has_text(side),
                _escaped_json(side, _with_slashes),
                traits=frozenset({"slashes"}),
            ),
            Place(f"{side}, JSON in a string", side, "body", _has_json(side), _nested(side)),
            Place(
                f"{side}, base64 in JSON",
                side,
                "body",
                _has_json(side),
                _coded_string(side, "attachment", lambda text, chance: _base64_of(text.encode(), chance)),
            ),
            Place(f"{side}, base64 in lines", side, "body", _has_json(side), _coded_string(side, "content", _in_lines)),
            Place(f"{side}, data URL", side, "body", _has_json(side), _coded_string(side, "image_url", _data_url)),
            Place(
                f"{side}, base64 of gzip",
                side,
                "body",
                _has_json(side),
                _coded_string(
                    side, "archive", lambda text, _: base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()
                ),
            ),
        )
    ),
    Place("request, form", "request", "body", _has_body, _form),
    Place("request, multipart", "request", "body", _has_body, _multipart),
    Place("request, gzip", "request", "body", _compressible("request"), _compressed("request", "gzip")),
    *(
        Place(f"response, {coding}", "response", "body", _compressible("response"), _compressed("response", coding))
        for coding in ("gzip", "deflate", "br", "zstd")
    ),
    Place("HAR, base64", "response", "body", _has_text("response"), _json("response"), style="har"),
    *_through("event stream", _SSE, 1, 2, 3, _MANY),
    *_through("Anthropic's input_json_delta", _ANTHROPIC_CALL, 1, 2, _MANY),
    *_through("arguments of chat completions", _CHAT_CALL, 2, _MANY),
    *_through("arguments of Responses", _RESPONSES_CALL, 2, _MANY),
    *_through("reasoning", _REASONING, 1, 3, _MANY),
    *_through("event stream in gzip", _SSE, 3, coding="gzip"),
    *_through("AWS event stream", _FRAMES, 1, 2, _MANY),
    *_through("AWS event stream, bytes in base64", _INNER, 1, 2, _MANY),
    Place("text of the status", "response", "status", _has_status, _status, frozenset({"CT602", "CT603"})),
    *(
        Place(
            f"event stream, {name}, over {'many' if count == _MANY else count}",
            "response",
            "body",
            _is_stream,
            _unmodelled(make, count),
            frozenset({"CT604"}),
            traits=frozenset({"stream", "split"}),
        )
        for name, make in _UNMODELLED.items()
        for count in (2, _MANY)
    ),
    *_through("NDJSON", _LINES, 1, 3, _MANY),
    *_through("JSON array of Gemini", _GEMINI, 1, 2, _MANY, as_array=True),
    *(
        Place(
            f"base64, {offset} bytes behind a multiple of 3",
            "response",
            "body",
            _has_json("response"),
            _aligned_value(offset),
            traits=frozenset({"known"}),
        )
        for offset in range(3)
    ),
)

_IN_HEADERS = ("own", "authorization", "proxy", "cookie", "referer", "remark", "location", "status")
_CREDENTIALS = ("own", "authorization", "proxy", "cookie")

LEFT_OUT: tuple[tuple[str, Callable[[Kind, Secret, Place], bool]], ...] = (
    (
        "headers and URLs hold one line",
        lambda kind, _, place: "lines" in kind.traits and (place.area in _IN_HEADERS or place.area == "url"),
    ),
    (
        "a signature of AWS is of use in a header Authorization and in a URL, and nothing else is there",
        lambda kind, _, place: ("signature" in kind.traits) != ("signature" in place.traits),
    ),
    (
        "a URL is no password, and not the whole value of a header or a cookie",
        lambda kind, _, place: "url" in kind.traits and (place.area in _CREDENTIALS or "userinfo" in place.name),
    ),
    (
        "what has no form of its own is nothing where no name announces it",
        lambda _, secret, place: secret.announced and place.area in ("remark", "status"),
    ),
    ("headers are Latin-1", lambda kind, _, place: "accents" in kind.traits and place.area in _IN_HEADERS),
    (
        "cookies have neither quotes nor blanks",
        lambda kind, _, place: "awkward" in kind.traits and place.area == "cookie",
    ),
    ("there is no slash to be escaped", lambda _, secret, place: "slashes" in place.traits and "/" not in secret.text),
    (
        "only what is known is looked for at every alignment",
        lambda kind, _, place: "known" in place.traits and "known" not in kind.traits,
    ),
)
"""Why, and for which kinds in which places."""


def left_out(kind: Kind, place: Place) -> str:
    """Why a kind is not planted in a place; empty where it is."""
    sample = kind.make(random.Random(0))
    return next((why for why, holds in LEFT_OUT if holds(kind, sample, place)), "")
