"""A recorded request as a command or a program that sends it again, with the credential as an environment variable."""

import base64
import json
import shlex
from collections.abc import Callable
from pprint import pformat
from typing import NamedTuple
from urllib.parse import quote

from cassette_tools import strict_json
from cassette_tools.credentials import context
from cassette_tools.model import Interaction
from cassette_tools.protocols.providers import Provider, provider_of
from cassette_tools.text import escape

_OWN = frozenset(
    (
        *(
            "host",
            "content-length",
            "connection",
            "accept-encoding",
            "transfer-encoding",
            "te",
            "upgrade",
            "keep-alive",
        ),
        *("proxy-connection", "expect", "cookie", "trailer"),
        *("x-amz-date", "x-amz-security-token", "x-amz-content-sha256"),
    )
)
"""Headers that each client makes itself, or that are of one connection or one signature."""


class _Text(NamedTuple):
    """A text, and perhaps the environment variable that follows it."""

    text: str
    variable: str = ""


class _Sent(NamedTuple):
    method: str
    url: tuple[_Text, ...]
    headers: tuple[tuple[str, _Text], ...]
    body: str
    data: bytes


def _sent(interaction: Interaction, mask: Callable[[str], str]) -> _Sent:
    request = interaction.request
    provider = provider_of(interaction)
    variable = provider.variable
    url = _url(request.url, variable, mask)
    headers = []
    has_credential = any(part.variable for part in url)
    for header in request.headers:
        name = header.name
        if name.lower() in _OWN or name.startswith(":") or "\n" in f"{name}{header.value}":
            continue
        if name.lower() == "content-encoding" and not request.body.decoded.problem:
            continue  # it is sent without
        kind = context.header_kind(name)
        if kind in ("authorization", "key") and name.lower() != "proxy-authorization":
            scheme, space, _ = header.value.partition(" ")
            # Where a recorder has taken out all of it, the scheme is not known; most have this one.
            scheme = scheme if space and scheme.isalpha() else "Bearer"
            headers.append((name, _Text(f"{scheme} " if kind == "authorization" else "", variable)))
            has_credential = True
        elif name.lower() != "proxy-authorization":
            headers.append((name, _Text(mask(f"{name}: {header.value}")[len(name) + 2 :])))
    if not has_credential and provider != Provider(provider.name):
        # Recorders leave it out.
        headers.append(
            (provider.header, _Text("", variable)) if provider.header else ("Authorization", _Text("Bearer ", variable))
        )
    if not request.media_type and isinstance(request.body.json(), dict | list):
        # Recorders leave headers out, and clients send JSON as a form, then.
        headers.append(("Content-Type", _Text("application/json")))
    text = request.body.text
    data = request.body.data
    masked = mask(text)
    if masked != text:
        data = masked.encode("utf-8", "surrogatepass")
    # Ruby's recorder writes methods in lower case.
    return _Sent(request.method.upper(), url, tuple(headers), masked, data)


def _url(url: str, variable: str, mask: Callable[[str], str]) -> tuple[_Text, ...]:
    head, mark, query = url.partition("?")
    parts: list[_Text] = []
    text = mask(head) + mark
    for number, field in enumerate(query.split("&") if query else ()):
        name, equals, value = field.partition("=")
        text += "&" if number else ""
        if equals and value and context.parameter_is_credential(name):
            parts.append(_Text(f"{text}{name}=", variable))
            text = ""
        else:
            text += mask(field)
    return (*parts, _Text(text)) if text or not parts else tuple(parts)


def curl(interaction: Interaction, mask: Callable[[str], str]) -> str:
    """A command for a shell.

    Args:
        interaction: Whose request it is.
        mask: Takes secrets out of a text.
    """
    sent = _sent(interaction, mask)
    lines = [f"curl {_words(*sent.url)}"]
    if sent.method != ("POST" if sent.data else "GET"):
        lines.append(f"-X {_words(_Text(sent.method))}")
    for name, value in sent.headers:
        # Without a value, curl takes a header out; with a semicolon it sends it empty.
        given = value if value.text or value.variable else None
        lines.append(f"-H {_words(given._replace(text=f'{name}: {given.text}') if given else _Text(f'{name};'))}")
    before = ""
    if sent.data and _is_plain(sent):
        lines.append(f"--data-raw {_words(_Text(sent.body))}")
    elif sent.data:
        before = _decoded(sent.data)
        lines.append("--data-binary @-")
    return f"{before}{_continued(lines)}\n"


def httpie(interaction: Interaction, mask: Callable[[str], str]) -> str:
    """A command for a shell, with HTTPie. See ``curl``."""
    sent = _sent(interaction, mask)
    before = _decoded(sent.data) if sent.data and not _is_plain(sent) else ""
    lines = [f"http {'' if before else '--ignore-stdin '}{_words(_Text(sent.method))} {_words(*sent.url)}"]
    for name, value in sent.headers:
        given = value._replace(text=f"{name}:{value.text}") if value.text or value.variable else _Text(f"{name};")
        lines.append(_words(given))
    if sent.data and not before:
        lines.append(f"--raw {_words(_Text(sent.body))}")
    return f"{before}{_continued(lines)}\n"


def python(interaction: Interaction, mask: Callable[[str], str]) -> str:
    """A program, with the package requests. See ``curl``."""
    sent = _sent(interaction, mask)
    lines = ["import os\n"] if any(part.variable for part in (*sent.url, *(value for _, value in sent.headers))) else []
    lines += ["import requests\n", "response = requests.request("]
    lines += [f"    {_literal(sent.method)},", f"    {_expression(*sent.url)},", "    headers={"]
    lines += [f"        {_literal(name)}: {_expression(value)}," for name, value in sent.headers]
    lines.append("    },")
    if sent.data:
        lines.append(f"    {_argument(sent)},")
    lines += [")", "print(response.status_code)", "print(response.text)"]
    return "\n".join(lines) + "\n"


AS = {"curl": curl, "httpie": httpie, "python": python}
"""The ways to send it."""


def _argument(sent: _Sent) -> str:
    try:
        value = strict_json.loads(sent.body)
        is_kept = json.loads(json.dumps(value, allow_nan=False)) == value
    except ValueError:  # no JSON, or numbers that no float holds
        is_kept = False
    if is_kept and isinstance(value, dict | list):
        written = pformat(value, sort_dicts=False, width=100)
        return f"json={written}".replace("\n", "\n    " + " " * len("json="))
    return f"data={sent.data!r}"


def _literal(text: str) -> str:
    """A string in Python, whose escapes are those of what acts on a terminal."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escape(quoted)}"'


def _expression(*parts: _Text) -> str:
    pieces = []
    for part in parts:
        pieces += [_literal(part.text)] if part.text or not part.variable else []
        pieces += [f"os.environ[{_literal(part.variable)}]"] if part.variable else []
    return " + ".join(pieces)


def _words(*parts: _Text) -> str:
    """One word of a shell's; what a terminal could take for a command is percent-encoded, which only a URL has."""
    written = ""
    for part in parts:
        text = part.text if escape(part.text.replace("\n", "")) == part.text.replace("\n", "") else _safe(part.text)
        written += shlex.quote(text) if text or not part.variable else ""
        written += f'"${part.variable}"' if part.variable else ""
    return written


def _safe(text: str) -> str:
    return "".join(char if escape(char) == char else quote(char, errors="surrogatepass") for char in text)


def _is_plain(sent: _Sent) -> bool:
    """Whether a body can stand in a command as it is."""
    visible = sent.body.replace("\n", "").replace("\t", "")
    return escape(visible) == visible and sent.body.encode("utf-8", "surrogatepass") == sent.data


def _decoded(data: bytes) -> str:
    return f"printf %s {base64.b64encode(data).decode()} | base64 -d | "


def _continued(lines: list[str]) -> str:
    return " \\\n  ".join(lines)
