"""A recording as PyYAML loads it, whichever recorder wrote it, and what other people's writers make of it.

Nothing here knows the tool that is judged: neither its model nor the code with which it edits.
"""

import base64
import gzip
import json
import pickle
import re
import sys
import zlib
from collections.abc import Iterator
from typing import Any, Literal

import brotli
import yaml

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Side = Literal["request", "response"]


class Loader(yaml.CSafeLoader):
    """PyYAML's safe loader, with only those plain scalars as numbers that every loader takes for numbers."""


Loader.yaml_implicit_resolvers = {}
for _tag, _regex, _first in (
    ("tag:yaml.org,2002:null", r"~|null|", ["~", "n", ""]),
    ("tag:yaml.org,2002:bool", r"true|false", ["t", "f"]),
    ("tag:yaml.org,2002:int", r"-?(?:0|[1-9][0-9]*)", list("-0123456789")),
):
    Loader.add_implicit_resolver(_tag, re.compile(f"(?:{_regex})\\Z"), _first)
Loader.add_constructor("!binary", yaml.SafeLoader.yaml_constructors["tag:yaml.org,2002:binary"])


class _Blocks(yaml.CSafeDumper):
    """Writes texts of several lines as blocks, as go-yaml does and people prefer."""


def _as_block(dumper: _Blocks, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Blocks.add_representer(str, _as_block)

_COMPRESS = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
_EXPAND = {"gzip": gzip.decompress, "deflate": zlib.decompress, "br": brotli.decompress}
CODINGS = tuple(_COMPRESS)


class Part:
    """A request or a response."""

    def __init__(self, node: dict[str, Any], side: Side, schema: str) -> None:
        self.node = node
        self.side = side
        self._schema = schema

    # --- headers

    @property
    def headers(self) -> dict[str, Any]:
        """The table of headers, made where there is none."""
        if not isinstance(self.node.get("headers"), dict):
            self.node["headers"] = {}
        headers: dict[str, Any] = self.node["headers"]
        return headers

    def header(self, name: str) -> str:
        """The first value of a header, or an empty string."""
        for key, value in self.headers.items():
            if key.lower() == name.lower():
                first = value[0] if isinstance(value, list) and value else value
                return first.decode() if isinstance(first, bytes) else str(first or "")
        return ""

    def set_header(self, name: str, value: str) -> None:
        """Give a header one value, written as the others are: in a list or not."""
        for key in [key for key in self.headers if key.lower() == name.lower()]:
            del self.headers[key]
        listed = self._schema != "vcrpy-v1" or all(isinstance(other, list) for other in self.headers.values())
        self.headers[name] = [value] if listed else value

    @property
    def media_type(self) -> str:
        return self.header("content-type").partition(";")[0].strip().lower()

    # --- bodies

    def _slot(self) -> tuple[dict[str, Any], str]:
        """The mapping and the key of the body."""
        if "parsed_body" in self.node:
            return self.node, "parsed_body"
        if "content" in self.node and "body" not in self.node:
            return self.node, "content"
        body = self.node.get("body")
        if isinstance(body, dict):
            return body, "base64_string" if "base64_string" in body else "string"
        return self.node, "body"

    @property
    def structured(self) -> bool:
        """Whether the recorder keeps JSON as a structure."""
        return self._slot()[1] == "parsed_body"

    @property
    def stored(self) -> bytes:
        """The body as it was recorded, with its content codings."""
        holder, key = self._slot()
        value = holder.get(key)
        if key == "parsed_body":
            return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
        if key == "base64_string":
            return base64.b64decode(str(value))
        return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value or b""

    @property
    def simple(self) -> bool:
        """Whether the body is a text or bytes, and not an object of the recorder's language."""
        holder, key = self._slot()
        return isinstance(holder.get(key), str | bytes) or key == "parsed_body"

    @property
    def coding(self) -> str:
        """The content coding that the body still has."""
        name = self.header("content-encoding").strip().lower()
        return name if name in _EXPAND and self._coded(name) else ""

    def _coded(self, name: str) -> bool:
        try:
            _EXPAND[name](self.stored)
        except (OSError, EOFError, zlib.error, brotli.error):
            return False
        return True

    @property
    def text(self) -> str:
        """The body as text, without its content coding; empty where it is none."""
        coding = self.coding
        data = _EXPAND[coding](self.stored) if coding else self.stored
        try:
            return data.decode()
        except UnicodeDecodeError:
            return ""

    def set_text(self, text: str) -> None:
        """Give the body another text, coded as before; lengths that fitted go on fitting."""
        self.set_data(text.encode("utf-8", "surrogatepass"))

    def set_data(self, data: bytes, coding: str | None = None, *, text: bool = True) -> None:
        """Give the body other bytes.

        Args:
            data: Without content coding.
            coding: One that is put on and named in the headers; None to leave it as it was.
            text: Store what is UTF-8 as text.
        """
        before = len(self.stored)
        if coding is not None:
            self.set_header("Content-Encoding", coding)
            if "uncompressed" in self.node:
                self.node["uncompressed"] = False
        else:
            coding = self.coding
        stored = _COMPRESS[coding](data) if coding else data
        self._store(stored, text=text and not coding)
        after = len(self.stored)
        if self.node.get("content_length") == before:
            self.node["content_length"] = after
        if self.header("content-length") == str(before):
            name = next(key for key in self.headers if key.lower() == "content-length")
            self.headers[name] = [str(after)] if isinstance(self.headers[name], list) else str(after)

    def _store(self, data: bytes, *, text: bool) -> None:
        holder, key = self._slot()
        if key == "parsed_body":
            holder[key] = json.loads(data)
            return
        value: str | bytes = data
        if text:
            try:
                value = data.decode()
            except UnicodeDecodeError:
                value = data
        if self._schema == "ruby-vcr" and "encoding" in holder:
            del holder[key]
            if isinstance(value, bytes):
                holder["encoding"], holder["base64_string"] = "ASCII-8BIT", base64.encodebytes(value).decode()
            else:
                holder["string"] = value
        else:
            holder[key] = value

    def json(self) -> Any:
        """The value of the body; None where it is not JSON."""
        try:
            return json.loads(self.text)
        except ValueError:
            return None


class Exchange:
    """A request and its response."""

    def __init__(self, number: int, node: dict[str, Any], schema: str) -> None:
        self.number = number
        self.schema = schema
        self.request = Part(node["request"], "request", schema)
        self.response = Part(node["response"], "response", schema)

    def part(self, side: Side) -> Part:
        return self.request if side == "request" else self.response

    @property
    def _url_key(self) -> str:
        return "url" if self.schema.startswith("go-vcr") else "uri"

    @property
    def url(self) -> str:
        return str(self.request.node[self._url_key])

    @url.setter
    def url(self, value: str) -> None:
        self.request.node[self._url_key] = value

    @property
    def status_text(self) -> str:
        """The words of the status."""
        status = self.response.node.get("status")
        return str(status.get("message") if isinstance(status, dict) else status)

    @status_text.setter
    def status_text(self, value: str) -> None:
        status = self.response.node["status"]
        if isinstance(status, dict):
            status["message"] = value
        else:
            self.response.node["status"] = value

    @property
    def method(self) -> str:
        return str(self.request.node["method"]).upper()


class Tape:
    """A recording that can be changed and written."""

    def __init__(self, name: str, text: str, schema: str) -> None:
        self.name = name
        self.text = text
        self.schema = schema
        self.root: dict[str, Any] = yaml.load(text, Loader=Loader)
        self._before = yaml.load(text, Loader=Loader)
        key = "http_interactions" if schema == "ruby-vcr" else "interactions"
        self.exchanges = [Exchange(number, node, schema) for number, node in enumerate(self.root[key])]

    def copy(self) -> "Tape":
        """The same once more, to be changed alone."""
        copied: Tape = pickle.loads(pickle.dumps(self, pickle.HIGHEST_PROTOCOL))
        return copied

    def styles(self) -> list[str]:
        """The ways in which it can be written."""
        binary = any(isinstance(leaf, bytes) for _, leaf in leaves(self.root))
        others = [] if binary or self.schema.startswith("go-vcr") else ["json"]
        return ["yaml", "blocks", "wide", *others]

    def written(self, style: str) -> bytes:
        """The file, in one of the styles; ``har`` turns it into an HTTP archive, ``text`` keeps what there was."""
        if style == "har":
            return json.dumps(as_har(self), indent=2, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if style == "json":
            return json.dumps(self.root, indent=2).encode()
        if style == "text":
            return self.by_text() or self.written("blocks")
        dumper = _Blocks if style == "blocks" else yaml.CSafeDumper
        width = 100_000 if style == "wide" else 80
        return yaml.dump(
            self.root, Dumper=dumper, sort_keys=False, allow_unicode=style != "yaml", width=width, encoding="utf-8"
        )

    def by_text(self) -> bytes | None:
        """The file as it was with other lines in the places of those that changed; None where that cannot be done."""
        text = self.text
        before, after = dict(leaves(self._before)), dict(leaves(self.root))
        if before.keys() != after.keys():
            return None
        for path, old in before.items():
            new = after[path]
            if old == new and type(old) is type(new):
                continue
            if not isinstance(old, str) or not isinstance(new, str):
                old, new = str(old), str(new)
            ours, theirs = _differing(old.split("\n"), new.split("\n"))
            if not ours or (text.count("\n".join(ours)) != 1 and len(ours) != 1):
                return None
            if text.count(ours[0]) != 1:
                return None
            at = text.index(ours[0])
            indent = text[text.rindex("\n", 0, at) + 1 : at]
            glue = "\n" + (indent if indent.isspace() else "")
            found = glue.join(ours)
            if text.count(found) != 1:
                return None
            text = text.replace(found, glue.join(theirs))
        try:
            same = yaml.load(text, Loader=Loader) == self.root
        except yaml.YAMLError:
            return None
        return text.encode() if same else None


def _differing(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """The lines that differ."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    return old[start : len(old) - end], new[start : len(new) - end]


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """All values that are neither tables nor lists."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))
    else:
        yield path, value


def _har_headers(part: Part) -> list[dict[str, str]]:
    found = []
    for name, value in part.headers.items():
        values = value if isinstance(value, list) else [value]
        found += [{"name": name, "value": one.decode() if isinstance(one, bytes) else str(one)} for one in values]
    return found


def as_har(tape: Tape) -> dict[str, Any]:
    """The same recording as an HTTP archive (HAR 1.2), whose bodies have no content codings, in base64 if need be."""
    entries = []
    for exchange in tape.exchanges:
        request, response = exchange.request, exchange.response
        asked: dict[str, Any] = {
            "method": exchange.method,
            "url": exchange.url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _har_headers(request),
            "queryString": [],
            "headersSize": -1,
            "bodySize": len(request.stored),
        }
        if request.stored:
            asked["postData"] = {"mimeType": request.header("content-type"), "text": request.text}
        data = response.text.encode("utf-8", "surrogatepass") or response.stored
        content = {
            "size": len(data),
            "mimeType": response.header("content-type"),
            "text": base64.b64encode(data).decode(),
            "encoding": "base64",
        }
        entries.append(
            {
                "startedDateTime": "2026-01-02T03:04:05.000Z",
                "time": 1,
                "request": asked,
                "response": {
                    "status": 200,
                    "statusText": exchange.status_text,
                    "httpVersion": "HTTP/1.1",
                    "cookies": [],
                    "headers": _har_headers(response),
                    "content": content,
                    "redirectURL": "",
                    "headersSize": -1,
                    "bodySize": -1,
                },
                "cache": {},
                "timings": {"send": 0, "wait": 1, "receive": 0},
            }
        )
    return {"log": {"version": "1.2", "creator": {"name": "planting", "version": "1"}, "entries": entries}}
