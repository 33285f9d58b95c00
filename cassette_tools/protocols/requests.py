"""What a request asks for, whichever API it is for: the model, and the kind of thing."""

import functools
import re
from urllib.parse import unquote

from cassette_tools.model import Interaction, Request
from cassette_tools.protocols import volatile
from cassette_tools.protocols.base import mapping, string
from cassette_tools.wire import multipart

_TASKS = r"(?:chat/completions|(?:images/)?embeddings)$"
"""What follows the word at Azure AI, whose paths name no model."""
_NAMED = re.compile(
    rf"^(?:/hf-inference|/api)?/models/(?!{_TASKS})"
    r"([^/:?]{1,100}/(?!v1/|pipeline/)[^/:?]{1,100})(?=$|/(?:v1|pipeline)/)"
    r"|/v1/models/([^/:?]{1,100}/[^/:?]{1,100})/predictions$"
    rf"|/(?:models?|deployments|engines)/(?!{_TASKS})"
    r"([^/:?]{1,200}(?:(?:%3A|:)[0-9][^/:?]{0,60})?)(?=[/:]|$)"
    r"|/agents/([^/:?]{1,200})/agentAliases/"
    r"|/ai/run/(@[^?]{1,200})$"
)
"""Where paths of Gemini, Bedrock, Azure, Cloudflare name a model, and Hugging Face's and Replicate's with its owner."""


_OF_AN_ACCOUNT = ("projects", "locations", "accounts", "sessions", "agentAliases", "organizations", "workspaces")
"""What is followed by whose it is."""


def model(interaction: Interaction) -> str:
    """The model that is asked for, or the agent; empty where none is named."""
    request = mapping(interaction.request.body.json())
    names = (string(request.get(key)) for key in ("model", "modelId", "model_id", "agent"))
    named = next(filter(None, names), "")
    if named:
        return named
    match = _NAMED.search(interaction.request.url_path)
    return unquote(match.group(match.lastindex or 1)) if match else _in_form(interaction.request)


def _in_form(request: Request) -> str:
    """The model that a form names, as one has it that sends sound or a picture."""
    if request.media_type != "multipart/form-data":
        return ""
    text = request.body.text
    parts = multipart.parts(text, request.headers.get("content-type"))
    return next((text[start:end] for start, end, name in parts if name == "model" and end - start <= 200), "")


def endpoint(interaction: Interaction) -> str:
    """The path of a request, with a star for the name of a model and for what is an id."""
    return _endpoint(interaction.request.url_path)


@functools.lru_cache(1024)  # recordings ask a few of them again and again
def _endpoint(path: str) -> str:
    match = _NAMED.search(path)
    if match is not None:
        start, end = match.span(match.lastindex or 1)
        path = f"{path[:start]}*{path[end:]}"
    parts = path.split("/")
    return "/".join(
        "*" if before in _OF_AN_ACCOUNT or volatile.is_id("id", part) else part
        for before, part in zip(["", *parts], parts, strict=False)
    )
