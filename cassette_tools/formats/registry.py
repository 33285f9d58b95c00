"""The formats that are read, in the order in which they are tried, and the names of what is not read."""

import functools
import importlib
from collections.abc import Iterator

from cassette_tools.formats.base import Format, Unreadable, resembles_cassette
from cassette_tools.model import Cassette
from cassette_tools.source.nodes import Mapping, Node, Scalar, Sequence

_FORMATS = ("go_vcr.GoVcr", "vcrpy.VcrPy", "r_vcr.RVcr", "ruby_vcr.Betamax", "ruby_vcr.RubyVcr", "har.Har")
"""Modules and classes; one is imported when no format before it takes a document."""


@functools.cache
def _load(name: str) -> Format:
    module, _, class_name = name.partition(".")
    loaded: Format = getattr(importlib.import_module(f"cassette_tools.formats.{module}"), class_name)()
    return loaded


def formats() -> Iterator[Format]:
    """The formats, in the order in which they are tried."""
    return map(_load, _FORMATS)


def read(root: Node | None) -> Cassette | Unreadable:
    """Build the model of a document, or say why it is not read as a cassette."""
    if root is None or (isinstance(root, Scalar) and root.kind == "null"):
        return Unreadable("the file is empty", "", resembles=False)
    if isinstance(root, Mapping):
        for candidate in formats():
            if candidate.recognises(root):
                version = candidate.version(root)
                if version in candidate.versions:
                    return candidate.load(root)
                known = " and ".join(map(str, candidate.versions))
                stated = _stated(root.get("version")) if version is None else f"version {version}"
                verb = "versions" if len(candidate.versions) > 1 else "version"
                reason = f"a {candidate.name} cassette that states {stated}; {verb} {known} can be read"
                return Unreadable(reason, candidate.name, resembles=True)
    return _other(root)


def conforms(root: Node | None, format_name: str) -> bool:
    """Whether a document that was read as one of a format passes the fast side of the format's schema."""
    known = (candidate for candidate in formats() if candidate.name == format_name)
    return isinstance(root, Mapping) and any(candidate.conforms(root) for candidate in known)


def _stated(version: Node | None) -> str:
    """What a document says for its version that is none."""
    if version is None:
        return "no version"
    from cassette_tools.formats.validation import described

    return f"{described(version)} for its version, where an integer is expected"


_OTHER_INTERACTIONS = {
    "kind": "a WebSocket recording",
    "direction": "a WebSocket recording",
    "request_sample": "a gRPC recording",
    "response_sample": "a gRPC recording",
    "request_stream": "a gRPC recording",
    "response_stream": "a gRPC recording",
    "collections_method": "a gRPC recording",
}
_OTHER_DOCUMENTS = {
    "openapi": "an OpenAPI document",
    "swagger": "an OpenAPI document",
    "services": "a Compose file",
    "apiVersion": "a Kubernetes manifest",
    "jobs": "a workflow",
}


_RUBY_VCR_1 = "!ruby/struct:VCR::HTTPInteraction"


def _other(root: Node) -> Unreadable:
    """What a document is that no format takes."""
    if isinstance(root, Scalar):
        return Unreadable("not an HTTP cassette: a single value", "", resembles=False)
    if isinstance(root, Sequence):
        return _list(root)
    interactions = root.get("interactions")
    items = interactions.items if isinstance(interactions, Sequence) else []
    if items and isinstance(items[0], Mapping):
        for key, name in _OTHER_INTERACTIONS.items():
            if items[0].pair(key):
                return Unreadable(f"not an HTTP cassette: {name}", "", resembles=False, recording=True)
    for key, name in _OTHER_DOCUMENTS.items():
        if root.pair(key):
            return Unreadable(f"not an HTTP cassette: {name}", "", resembles=False)
    if root.pair("consumer") and root.pair("provider"):
        return Unreadable("not an HTTP cassette: a Pact contract", "", resembles=False)
    if resembles_cassette(root):
        return Unreadable("looks like a cassette, but is of no format that can be read", "", resembles=True)
    if _is_stub(root):
        return Unreadable("not an HTTP cassette: a stub of WireMock", "", resembles=False)
    what = "whose interactions are no requests and responses" if root.pair("interactions") else "without interactions"
    return Unreadable(f"not an HTTP cassette: a mapping {what}", "", resembles=False)


def _is_stub(root: Mapping) -> bool:
    """WireMock's stub mappings, one or a list of them: https://wiremock.org/docs/stubbing/."""
    listed = root.get("mappings")
    stub = listed.items[0] if isinstance(listed, Sequence) and listed.items else root
    response = stub.get("response") if isinstance(stub, Mapping) and stub.get("request") is not None else None
    return isinstance(response, Mapping) and isinstance(response.get("status"), Scalar)


def _list(root: Sequence) -> Unreadable:
    first = root.items[0] if root.items else None
    if isinstance(first, Mapping):
        if first.tag == _RUBY_VCR_1:
            reason = "a Ruby VCR cassette of version 1: VCR 2 brings it up to date with `rake vcr:migrate_cassettes`"
            return Unreadable(reason, "Ruby VCR", resembles=True)
        response = first.get("response")
        status = response.get("status") if isinstance(response, Mapping) else None
        if first.get("request") is not None and isinstance(status, Mapping):
            if status.get("http_version") is not None:
                return Unreadable(
                    "of no format that can be read: a PHP-VCR cassette", "", resembles=False, recording=True
                )
            reason = "a VCR.py cassette from before version 1: `python -m vcr.migration` brings it up to date"
            return Unreadable(reason, "VCR.py", resembles=True)
    return Unreadable("not an HTTP cassette: a list", "", resembles=False)
