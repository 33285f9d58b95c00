"""What is new in every recording and says nothing: ids, dates, durations, signatures; by the names of fields.

Sources: the API references that the modules of the protocols name, and for headers the providers' and their
content delivery networks' documentation (Cloudflare, Amazon CloudFront, Google, Envoy).
"""

import re

FIELDS: dict[str, frozenset[str]] = {
    "": frozenset(
        (
            *("created", "created_at", "completed_at", "started_at", "updated_at", "timestamp", "date", "time"),
            *("request_id", "requestid", "trace_id", "traceid", "span_id", "correlation_id", "generation_id", "log_id"),
            *("system_fingerprint", "signature", "encrypted_content", "encrypted_index", "redactedcontent"),
            *("expires_at", "idempotency_key", "session_id", "nonce"),
        )
    ),
    # Padding of OpenAI's and Mistral's; times of Groq's and Cerebras'; ids of OpenRouter's; routes of gateways.
    "openai": frozenset(
        (
            *("obfuscation", "p", "sequence_number", "previous_response_id", "native_request_id"),
            *("queue_time", "prompt_time", "completion_time", "total_time", "time_info", "fingerprint"),
            *("provider_metadata", "provider_specific_fields"),
        )
    ),
    "gemini": frozenset(
        (
            *("thoughtsignature", "thought_signature", "createtime", "updatetime", "expiretime", "responseid"),
            *("continuation_token", "event_id"),
        )
    ),
    "bedrock": frozenset(("latencyms", "invocationlatency", "firstbytelatency")),
    "cohere": frozenset(("response_id", "generationid")),
    "ollama": frozenset(("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")),
}
"""By the first word of the protocol's name; those under the empty one hold for all. In lower case."""
ANSWERS: dict[str, frozenset[str]] = {
    # Tokens are those of OAuth (RFC 6749, section 5.1) and of OpenID Connect.
    "": frozenset(
        ("latency", "latency_ms", "duration", "duration_ms", "updated", "access_token", "refresh_token", "id_token"),
    ),
    # Who answered for OpenRouter, and in whose words; what filters think of an answer that they let pass (of another
    # one, the finish reason tells); probabilities, of which the flags are made; times of llama.cpp's and others.
    "openai": frozenset(
        (
            *("provider", "native_finish_reason", "content_filter_results", "prompt_filter_results"),
            *(
                "content_filters",
                "category_scores",
                "logprobs",
                "top_logprobs",
                "avg_logprobs",
                "timings",
                "sla_metrics",
            ),
        )
    ),
    "anthropic": frozenset(("page_age",)),
    "bedrock": frozenset(("page_age", "invocationmetrics", "generatedtoken", "textrange")),
    "gemini": frozenset(("safetyratings", "avglogprobs", "logprobsresult")),
    "ollama": frozenset(("context",)),  # the conversation in tokens
}
"""Those of answers only: in a request they are parameters, such as how long a film is to be."""

HEADERS = frozenset(
    (
        *("date", "age", "expires", "etag", "last-modified", "content-length", "server-timing", "via", "alt-svc"),
        *("set-cookie", "cookie", "authorization", "x-api-key", "api-key", "x-goog-api-key", "proxy-authorization"),
        *("x-request-id", "request-id", "x-amzn-requestid", "x-amz-date", "x-amz-security-token", "apim-request-id"),
        *("x-ms-request-id", "x-ms-client-request-id", "traceparent", "tracestate", "x-cloud-trace-context"),
        *("idempotency-key", "x-stainless-retry-count", "x-stainless-read-timeout", "amz-sdk-invocation-id"),
        *("amz-sdk-request", "cf-ray", "nel", "report-to", "x-envoy-upstream-service-time", "x-trace-id", "baggage"),
        *("sentry-trace", "x-datadog-trace-id", "x-datadog-parent-id", "if-none-match", "if-modified-since"),
    )
)
"""Headers that differ from one recording to the next, in lower case."""
_HEADER_PREFIXES = ("x-ratelimit-", "anthropic-ratelimit-", "cf-", "x-amz-cf-", "x-datadog-", "ratelimit")
_HEADER_ENDINGS = ("-request-id", "-trace-id", "-processing-ms", "-duration", "-latency", "-timestamp", "-time")

_ID_NAMES = re.compile(r"(?:.*[_-])?(?:id|uuid|guid)|.*[a-z](?:Id|ID|Uuid)")
# Something random, such as a UUID, call_abc123 or chatcmpl-9x8y…; what a program counts; Mistral's nine characters. Not
# the name of a model, a tool or a voice.
_ID = re.compile(
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
    r"|[A-Za-z0-9_.:/+=-]*?(?=[A-Za-z]*[0-9])[A-Za-z0-9]{9,}[A-Za-z0-9_.:/+=-]*"
    r"|(?:call|toolu|tooluse|msg|fc|rs|ws|functions\.\w+)[-_:]\w+|(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{9}"
    r"|[a-z]{2,12}[-_][A-Za-z0-9]{20,}|(?=(?:[a-z]*[A-Z]){3})(?=(?:[A-Z]*[a-z]){3})[A-Za-z]{12,}"
)


def is_volatile(path: tuple[str | int, ...], value: object, protocol: str, *, of_answer: bool = False) -> bool:
    """Whether what stands at a path of JSON is new in every recording, going by the names of fields.

    A name that a protocol has means all that is below it. One that holds for all means a text or a number: elsewhere,
    ``time`` may be an object about anything.

    Args:
        path: From the root, or from wherever the names begin that count.
        value: What stands there.
        protocol: The name of the protocol that is spoken; empty for none.
        of_answer: The path is one of an answer.
    """
    last = ""
    if protocol:
        family = protocol.partition("-")[0]
        own, more = FIELDS.get(family, _NONE), ANSWERS.get(family, _NONE) if of_answer else _NONE
        for part in path:
            if isinstance(part, str):
                last = part.lower()
                if last in own or last in more:
                    return True
    else:
        last = next((part for part in reversed(path) if isinstance(part, str)), "").lower()
    if last not in _FOR_ALL and not (of_answer and last in _FOR_ALL_ANSWERS):
        return False
    return not isinstance(value, dict | list)


_FOR_ALL, _FOR_ALL_ANSWERS = FIELDS[""], ANSWERS[""]
_NONE: frozenset[str] = frozenset()


_CIPHER = re.compile(r"[A-Za-z0-9+/_=-]{40,}")


def is_cipher(path: tuple[str | int, ...], value: object) -> bool:
    """Whether it is reasoning that only the provider can read: ``data`` of OpenRouter's or of Anthropic's."""
    return (
        path[-1:] == ("data",)
        and ("reasoning_details" in path or path[-3:-2] == ("content",))
        and isinstance(value, str)
        and _CIPHER.fullmatch(value) is not None
    )


_TOLD = re.compile(
    r"\b(?:[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|[a-z]{2,12}_(?=[A-Za-z]*[0-9])[A-Za-z0-9]{16,}"
    r"|(?=[a-f]*[0-9])[0-9a-f]{32})\b"
)


def without_ids(text: str) -> str:
    """A text, such as that of an error, with a star for each id in it that was made up for the occasion."""
    return _TOLD.sub("*", text)


def is_name_of_id(name: str) -> bool:
    """Whether a field of JSON is an id, going by its name."""
    return _ID_NAMES.fullmatch(name) is not None


def is_id(name: str, value: object) -> bool:
    """Whether a field of JSON is an id that somebody made up for this one exchange, going by its name and its value."""
    if not isinstance(value, str):
        return isinstance(value, int) and value >= _LEAST_NUMBER and _ID_NAMES.fullmatch(name) is not None
    # Most names have no such end, and few values are none: this is asked of every field.
    return name[-2:] in _ENDS and _ID_NAMES.fullmatch(name) is not None and _ID.fullmatch(value) is not None


_ENDS = frozenset(("id", "Id", "ID"))
_LEAST_NUMBER = 10_000
"""Of the ids that servers count on; smaller numbers may be chosen."""


def is_volatile_header(name: str) -> bool:
    """Whether a header is another one in every recording."""
    lowered = name.lower()
    return lowered in HEADERS or lowered.startswith(_HEADER_PREFIXES) or lowered.endswith(_HEADER_ENDINGS)
