"""Redaction while a recording is made: hooks for recorders."""

import base64
import json
import threading
from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Literal, TypedDict

from cassette_tools.operations.redaction.policy import Policy
from cassette_tools.operations.redaction.redact import Redactor

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
        RedactionError: From the hooks, when a secret stands where nothing can be changed; nothing is recorded then.
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
        asked = {
            "method": request.method,
            "uri": request.uri,
            "headers": _texts(request.headers),
            **_recorded(body),
        }
        self._last.request = asked
        done = self._redacted(asked, _NO_ANSWER)["request"]
        if done["uri"] != asked["uri"]:
            request.uri = done["uri"]
        if done["headers"] != asked["headers"]:
            request.headers = _values(request.headers, done["headers"])
        if done.get(_STRUCTURE) != asked.get(_STRUCTURE):
            request.body = _replaced(body, done[_STRUCTURE])
        elif done.get("body") != asked.get("body"):
            data = _content(done["body"])
            # An iterator stays one: of bytes, an iterator would give numbers.
            request.body = data if isinstance(body, _DATA) or hasattr(body, "read") else [data]
        return request

    def response(self, response: dict[str, Any]) -> dict[str, Any]:
        """A copy that VCR.py has made of what it stores."""
        asked = getattr(self._last, "request", None) or {"method": "GET", "uri": "http://localhost/", "headers": {}}
        body = response.get("body")
        data = _bytes(body.get("string")) if isinstance(body, dict) else None
        headers = response.get("headers") or {}
        answer = {
            "status": response.get("status") or {"code": 200, "message": ""},
            "headers": _texts(headers),
            "body": None if data is None else _body(data),
        }
        done = self._redacted(asked, answer)["response"]
        if done["headers"] != answer["headers"]:
            response["headers"] = _values(headers, done["headers"])
        if done["body"] != answer["body"] and isinstance(body, dict):
            response["body"] = {**body, "string": _content(done["body"])}
        return response

    def _redacted(
        self, request: Mapping[str, Any], response: Mapping[str, Any]
    ) -> dict[Literal["request", "response"], Any]:
        """One interaction, there and back as a file of VCR.py's JSON serializer."""
        text = json.dumps({"version": 1, "interactions": [{"request": request, "response": response}]})
        redacted = self._redactor.redact(text.encode(), "the recording.json")
        interaction: dict[Literal["request", "response"], Any] = json.loads(redacted.data)["interactions"][0]
        return interaction


_STRUCTURE = "parsed_body"
_DATA = (str, bytes, bytearray, memoryview)


def _recorded(body: Any) -> dict[str, Any]:
    """The body of a request, as a field of a recording: of aiohttp, VCR.py has what is to become JSON or a form."""
    if isinstance(body, Mapping) or (isinstance(body, list | tuple) and not all(isinstance(it, _DATA) for it in body)):
        return {_STRUCTURE: _plain(body)}
    data = _bytes(body)
    return {"body": None if data is None else _body(data)}


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and isfinite(value)):
        return value
    return _text(value)


def _replaced(value: Any, plain: Any) -> Any:
    """A value with what was changed in it, and all else as it was."""
    if isinstance(value, Mapping):
        return {key: _replaced(item, plain[str(key)]) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_replaced(item, other) for item, other in zip(value, plain, strict=True))
    return value if _plain(value) == plain else plain.encode("latin-1") if isinstance(value, bytes) else plain


def _bytes(body: Any) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    if isinstance(body, bytearray | memoryview):
        return bytes(body)
    if hasattr(body, "read"):
        return _bytes(body.read())
    return b"".join(_bytes(part) or b"" for part in body)


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
