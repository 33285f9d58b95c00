"""How many of the recorded answers of LLM APIs are recognised; those that are not are known by name."""

import re
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from cassette_tools.model import Interaction
from cassette_tools.protocols.registry import framing, read

Recorded = Callable[..., Iterator[tuple[str, Interaction]]]

_ENDPOINTS = re.compile(
    r"/(?:chat/completions|completions|responses(?:/compact|/input_tokens)?|messages|complete|generate|embeddings|embed|rerank|moderations|ocr"
    r"|images/(?:generations|edits|variations)|audio/(?:speech|transcriptions|translations)"
    r"|v[12]/chat|api/chat|converse(?:-stream)?|invoke(?:-with-response-stream)?|invocations|predictions|runs)/?$"
    r"|:(?:stream)?(?:generateContent|rawPredict)$|:(?:count|compute)Tokens$|:(?:batch)?[eE]mbedContents?$|:predict$"
    r"|/ai/run/|/agents/.+/sessions/",
    re.IGNORECASE,
)
"""How the paths end at which the providers' references say that a model answers."""
_HOSTS = re.compile(r"\.endpoints\.huggingface\.cloud$")
_OTHERS = re.compile(r"^(?:telemetry|.*traceloop|.*datad0g|os-api\.agno)")
"""Hosts that have such paths and no models: they collect what was said elsewhere."""
_UNKNOWN = {
    "api.aleph-alpha.com": "an API of its own",
    "api.replicate.com": "answers with the state of a job",
    "streaming-api.svc.us.c.replicate.net": "streams of words, not of JSON",
    "runtime.sagemaker.us-east-1.amazonaws.com": "text-generation-inference behind a path that says nothing",
    "w8qtunpthvh1r7a0.us-east-1.aws.endpoints.huggingface.cloud": "text-generation-inference at the root",
    "api.openai.com": "runs of the Assistants API, which is withdrawn",
}


def _asks_a_model(interaction: Interaction) -> bool:
    request = interaction.request
    if _OTHERS.match(request.host) or not interaction.response.body.raw:
        return False
    if framing(interaction):
        return True
    return request.method.upper() == "POST" and bool(_ENDPOINTS.search(request.url_path) or _HOSTS.search(request.host))


@pytest.mark.corpus
def test_at_least_99_of_100_answers_of_models_are_recognised(recorded: Recorded) -> None:
    known: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for _, interaction in recorded():
        if _asks_a_model(interaction):
            transcript = read(interaction)
            protocol = transcript.protocol if transcript is not None else None
            if protocol is not None:
                known[protocol.name] += 1
            else:
                unknown[interaction.request.host] += 1
    assert set(unknown) <= set(_UNKNOWN), unknown
    assert known.total() / (known.total() + unknown.total()) >= 0.99, (known.total(), unknown)
    assert known.total() > 1000
