"""What failed answers say, whichever API gave them."""

from typing import Any

from cassette_tools.protocols.base import items, mapping, string

_HOLDERS = ("error", "errors", "detail", "errorMessages", "fault")
"""Keys under which an error is an object, a list of some, or a text: OpenAI's, Anthropic's and Google's; Cloudflare's;
FastAPI's, which Mistral's and many small servers are built with; Atlassian's; Apigee's."""
_WORDS = (
    *("message", "Message", "msg", "reason", "errorMessage", "errorSummary", "faultstring", "title", "description"),
    *("code", "type"),
)
_DEPTH = 4
"""Levels that are looked through; no API has more."""


def message_in(value: Any, depth: int = _DEPTH) -> str:
    """What the JSON of a failed answer says went wrong; empty where it does not say."""
    if isinstance(value, str) or not depth:
        return string(value)
    if isinstance(value, list):
        return message_in(next(iter(items(value)), None), depth - 1)
    fields = mapping(value)
    for key in _HOLDERS:
        said = message_in(fields.get(key), depth - 1)
        if said:
            return said
    said = next((fields[key] for key in _WORDS if string(fields.get(key))), "")
    if said or depth == _DEPTH:
        return said
    # Those of a form, as Rails names them: a field, and what is wrong with it.
    return next((f"{field}: {text}" for field, texts in fields.items() for text in items(texts) if string(text)), "")
