"""When a rule need not be asked: cheap looks at a recording that tell that a rule has nothing to say.

To import a rule takes longer than to look, and a hook is started for every commit. Where a gate is closed its rule
finds nothing (the tests hold this for every recording they have); where it is open the rule looks for itself.
"""

import re
from collections.abc import Callable
from typing import Any

from cassette_tools.formats.registry import conforms
from cassette_tools.model import Cassette, Interaction
from cassette_tools.protocols.registry import Transcript
from cassette_tools.source.document import Document


def _violates_schema(cassette: Cassette, document: Document) -> bool:
    return not conforms(document.root, cassette.format_name)


def _is_empty(cassette: Cassette, _: Document) -> bool:
    return not cassette.interactions


def _is_misnumbered(cassette: Cassette, _: Document) -> bool:
    return any(interaction.recorded_id not in (None, interaction.index) for interaction in cassette.interactions)


def _has_several(cassette: Cassette, _: Document) -> bool:
    return len(cassette.interactions) > 1


CASSETTE: dict[str, Callable[[Cassette, Document], bool]] = {
    "CT107": _violates_schema,
    "CT108": _is_empty,
    "CT109": _is_misnumbered,
    "CT210": _has_several,
}
"""Those of rules that look at a recording as a whole."""


def _has_other_length(interaction: Interaction, transcript: Transcript | None) -> bool:  # noqa: ARG001
    for message in (interaction.request, interaction.response):
        size = message.body.size
        if message.content_length not in (None, -1, size) or message.headers.get("content-length") not in (
            "",
            str(size),
        ):
            return True
    return False


def _contradicts_status(interaction: Interaction, transcript: Transcript | None) -> bool:  # noqa: ARG001
    response = interaction.response
    return response.line_code not in (None, response.code)


def _has_unusual_url(interaction: Interaction, transcript: Transcript | None) -> bool:  # noqa: ARG001
    url = interaction.request.url
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    return not (
        scheme in ("https", "http")
        and host.replace(".", "").replace("-", "").isalnum()
        and url.isascii()
        and url.isprintable()
        and " " not in url
        and "%" not in path.partition("?")[0]
    )


def _is_coded(interaction: Interaction, transcript: Transcript | None) -> bool:  # noqa: ARG001
    bodies = (interaction.request.body, interaction.response.body)
    return any(isinstance(body.raw, bytes) or body.codings for body in bodies)


def _has_failed(interaction: Interaction, transcript: Transcript | None) -> bool:  # noqa: ARG001
    return (interaction.response.code or 0) >= 400


def _may_carry_error(interaction: Interaction, transcript: Transcript | None) -> bool:  # noqa: ARG001
    return transcript is None or (
        not transcript.framing and transcript.message is not None and bool(transcript.message.errors)
    )


# A letter that a byte of UTF-8 becomes in Latin-1 or Windows-1252, and one of those that the next byte becomes.
_TWO_BYTES = (
    r"[\xc2-\xf0][\x80-\xbf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d"
    r"\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]"
)


def _may_have_lost_characters(interaction: Interaction, transcript: Transcript | None) -> bool:  # noqa: ARG001
    for raw in (interaction.request.body.raw, interaction.response.body.raw):
        if isinstance(raw, bytes):
            return True
        if raw and not raw.isascii() and ("\ufffd" in raw or re.search(_TWO_BYTES, raw)):
            return True
        if raw and "\\u" in raw and any(mark in raw for mark in ("\\uf", "\\uF", "\\u00c", "\\u00e2\\u")):
            return True
    return False


def _has_unusual_type(interaction: Interaction, transcript: Transcript | None) -> bool:
    is_stream = transcript is not None and transcript.framing == "event-stream"
    media_type = interaction.response.media_type
    if media_type == "application/json" and transcript is not None and transcript.framing == "ndjson":
        return True
    return is_stream != (media_type == "text/event-stream") or media_type.startswith("text/") is not is_stream


def _is_empty_stream(interaction: Interaction, transcript: Transcript | None) -> bool:  # noqa: ARG001
    return transcript is not None and bool(transcript.framing) and not transcript.event_count


_ASKED_IN_BODY = ("/chat/completions", "/completions", "/responses", "/messages", "/interactions")
"""Ends of paths that do not say themselves whether the answer is a stream."""


def _may_ask_otherwise(interaction: Interaction, transcript: Transcript | None) -> bool:
    if transcript is None or transcript.protocol is None:
        return False
    request = interaction.request
    asks = bool(re.search(r'"stream"\s*:\s*true', request.body.text))
    return asks != bool(transcript.framing) or not request.url_path.endswith(_ASKED_IN_BODY)


def _streams_without_usage(interaction: Interaction, transcript: Transcript | None) -> bool:  # noqa: ARG001
    message = transcript.message if transcript is not None and transcript.framing else None
    return message is not None and not message.usage


def _has_usage(interaction: Interaction, transcript: Transcript | None) -> bool:  # noqa: ARG001
    message = transcript.message if transcript is not None else None
    if message is None:
        return False
    native = message.native
    return bool(message.usage or "x_groq" in native) or native.get("usage") is not None or _in_a_choice(native)


def _in_a_choice(native: dict[str, Any]) -> bool:
    choices = native.get("choices")
    return isinstance(choices, list) and any(isinstance(choice, dict) and "usage" in choice for choice in choices)


INTERACTION: dict[str, Callable[[Interaction, Transcript | None], bool]] = {
    "CT201": _has_other_length,
    "CT202": _contradicts_status,
    "CT203": _has_unusual_url,
    "CT205": _is_coded,
    "CT206": _is_coded,
    "CT207": _has_unusual_type,
    "CT208": _has_failed,
    "CT209": _may_carry_error,
    "CT211": _may_have_lost_characters,
    "CT212": _is_empty_stream,
    "CT410": _may_ask_otherwise,
    "CT501": _streams_without_usage,
    "CT502": _has_usage,
}
"""Those of rules that look at an interaction."""
