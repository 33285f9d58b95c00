"""Redaction while a recording is made: hooks for recorders."""

import base64
import io
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import Any, Literal, TypedDict

from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.redact import RedactionError, Redactor

_NO_ANSWER: dict[str, Any] = {"status": {"code": 204, "message": "No Content"}, "headers": {}, "body": {"string": ""}}


class VcrHooks(TypedDict):
    """What VCR.py is to call before it stores something."""

    before_record_request: Callable[[Any], Any]
    before_record_response: Callable[[dict[str, Any]], dict[str, Any]]


def vcr_hooks(policy: Policy | None = None) -> VcrHooks:
    """Hooks for VCR.py, which then never writes a secret: ``vcr.VCR(**vcr_hooks())``.

    The client under test sees everything as it is; only what is stored has placeholders. At playback, VCR.py has
    requests changed in the same way before it compares them, so that one with a key still fits. That is why a
    placeholder must not depend on what came before it: ``REDACTED`` or a fake, not a number.

    Args:
        policy: What is taken out; by default what ``redact`` takes out, with ``REDACTED`` in its place.

    Returns:
        The two keyword arguments ``before_record_request`` and ``before_record_response``.

    Raises:
        ValueError: The policy numbers its placeholders.
        RedactionError: From the hooks, when a secret stands where nothing can be changed, or a body is nothing that can
            be looked into; nothing is recorded then.
    """
    policy = policy or Policy(style="plain")
    if policy.style == "named":
        raise ValueError("placeholders with numbers would differ at playback: use the style plain or fake")
    hooks = _Hooks(policy)
    return {"before_record_request": hooks.request, "before_record_response": hooks.response}


class _Hooks:
    def __init__(self, policy: Policy) -> None:
        self._redactor = Redactor(policy)
        # VCR.py gives the response alone, right behind its request: what an API answers is read by what it was asked.
        self._last = threading.local()

    def request(self, request: Any) -> Any:
        """A copy that VCR.py has made of a ``vcr.request.Request``."""
        body = request.body
        asked = {"method": request.method, "uri": request.uri, "headers": _texts(request.headers)}
        # aiohttp gives a form or JSON as it was given by its user, not as it is sent.
        if _is_structure(body):
            asked["parsed_body"] = _plain(body)
        else:
            data = _bytes(body)
            asked["body"] = None if data is None else _body(data)
        self._last.request = asked
        done = self._redacted(asked, _NO_ANSWER)["request"]
        if done["uri"] != asked["uri"]:
            request.uri = done["uri"]
        if done["headers"] != asked["headers"]:
            request.headers = _values(request.headers, done["headers"])
        if "parsed_body" in asked:
            request.body = _like(body, done["parsed_body"])
        elif done["body"] != asked["body"]:
            data = _content(done["body"])
            # An iterator stays one: of bytes, an iterator would give numbers.
            request.body = data if body is None or isinstance(body, _DATA) or hasattr(body, "read") else [data]
        return request

    def response(self, response: dict[str, Any]) -> dict[str, Any]:
        """A copy that VCR.py has made of what it stores."""
        asked = getattr(self._last, "request", None) or {"method": "GET", "uri": "http://localhost/", "headers": {}}
        body = response.get("body")
        # Up to its release 5, VCR.py had what httpx made of a body.
        content = response.get("content")
        data = _bytes(body.get("string") if isinstance(body, dict) else content)
        headers = response.get("headers") or {}
        answer = {
            "status": response.get("status") or {"code": response.get("status_code", 200), "message": ""},
            "headers": _texts(headers),
            "body": None if data is None else _body(data),
        }
        done = self._redacted(asked, answer)["response"]
        if done["headers"] != answer["headers"]:
            response["headers"] = _values(headers, done["headers"])
        if done["body"] != answer["body"]:
            data = _content(done["body"])
            if isinstance(body, dict):
                response["body"] = {**body, "string": data}
            else:
                response["content"] = data.decode("utf-8", "surrogatepass") if isinstance(content, str) else data
        return response

    def _redacted(
        self, request: Mapping[str, Any], response: Mapping[str, Any]
    ) -> dict[Literal["request", "response"], Any]:
        """One interaction, there and back as a file of VCR.py's JSON serializer."""
        text = json.dumps({"version": 1, "interactions": [{"request": request, "response": response}]})
        redacted = self._redactor.redact(text.encode(), "the recording.json")
        interaction: dict[Literal["request", "response"], Any] = json.loads(redacted.data)["interactions"][0]
        return interaction


_BYTES = (bytes, bytearray, memoryview)
_DATA = (str, *_BYTES)
_FILES = (io.BytesIO, io.StringIO)
"""What VCR.py stores with its content; a file on disk it cannot store."""


def _bytes(body: Any) -> bytes | None:
    if body is None:
        return None
    if isinstance(body, _BYTES):
        return bytes(body)
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    if hasattr(body, "read"):
        return _bytes(body.read())
    if not isinstance(body, Iterable):
        kind = type(body).__name__
        raise RedactionError(f"no secret can be looked for in a body that is {kind}: it has to be text, bytes or JSON")
    return b"".join(_bytes(part) or b"" for part in body)


def _is_structure(body: Any) -> bool:
    if isinstance(body, list | tuple):
        return not all(isinstance(part, _DATA) for part in body)
    return isinstance(body, Mapping)


def _plain(value: Any) -> Any:
    """A value as JSON, bytes as Latin-1; what else is no JSON has no text to be changed."""
    if isinstance(value, Mapping):
        return {str(name): _plain(member) for name, member in value.items()}
    if isinstance(value, list | tuple):
        fields = _fields(value)
        return _plain(fields) if fields else [_plain(member) for member in value]
    if isinstance(value, _BYTES):
        return bytes(value).decode("latin-1")
    if isinstance(value, _FILES):
        return _plain(value.getvalue())
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and isfinite(value)):
        return value
    return str(value)


def _fields(value: list[Any] | tuple[Any, ...]) -> dict[str, Any]:
    """A list of names and values by its names, which tell what the values are; empty for any other list."""
    if not all(isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], str) for pair in value):
        return {}
    fields = dict(value)
    return fields if len(fields) == len(value) else {}


def _like(old: Any, new: Any) -> Any:
    """A value with the texts of its redacted form; what stayed the same is what it was."""
    if _plain(old) == new:
        return old
    if isinstance(old, Mapping):
        return {name: _like(member, new[str(name)]) for name, member in old.items()}
    if isinstance(old, list | tuple):
        fields = _fields(old)
        members = (
            [(name, _like(member, new[name])) for name, member in fields.items()]
            if fields
            else [_like(member, other) for member, other in zip(old, new, strict=True)]
        )
        return tuple(members) if isinstance(old, tuple) else members
    if isinstance(old, _FILES):
        return type(old)(_like(old.getvalue(), new))
    return new.encode("latin-1", "replace") if isinstance(old, _BYTES) else new


def _body(data: bytes) -> dict[str, str]:
    try:
        return {"string": data.decode()}
    except UnicodeDecodeError:
        return {"base64_string": base64.b64encode(data).decode()}


def _content(body: dict[str, str]) -> bytes:
    return base64.b64decode(body["base64_string"]) if "base64_string" in body else body["string"].encode()


def _texts(headers: Mapping[str, Any]) -> dict[str, list[str]]:
    return {str(name): [_text(value) for value in _listed(values)] for name, values in headers.items()}


def _listed(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple) else [values]


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _values(headers: Mapping[str, Any], texts: dict[str, list[str]]) -> dict[str, Any]:
    """The headers that are left, in the shape that they had: a list or one value, text or bytes."""
    return {
        name: [_alike(old, new) for old, new in zip(values, texts[name], strict=True)]
        if isinstance(values, list | tuple)
        else _alike(values, texts[name][0])
        for name, values in headers.items()
        if name in texts
    }


def _alike(old: Any, new: str) -> Any:
    return old if _text(old) == new else new.encode("latin-1", "replace") if isinstance(old, bytes) else new
