"""The rules, in the order of their codes: an explicit list."""

import difflib

from cassette_tools.errors import UnknownNameError
from cassette_tools.rules.base import Rule
from cassette_tools.rules.event_stream.ct301_unterminated_event import UnterminatedEvent
from cassette_tools.rules.event_stream.ct302_unknown_field import UnknownField
from cassette_tools.rules.event_stream.ct303_event_not_json import EventNotJson
from cassette_tools.rules.file.ct100_unreadable_file import UnreadableFile
from cassette_tools.rules.file.ct101_yaml_syntax import YamlSyntax
from cassette_tools.rules.file.ct102_merge_conflict import MergeConflict
from cassette_tools.rules.file.ct103_duplicate_key import DuplicateKey
from cassette_tools.rules.file.ct104_foreign_tag import ForeignTag
from cassette_tools.rules.file.ct105_unknown_format import UnknownFormat
from cassette_tools.rules.file.ct106_unsupported_version import UnsupportedVersion
from cassette_tools.rules.file.ct107_schema_violation import SchemaViolation
from cassette_tools.rules.file.ct108_no_interactions import NoInteractions
from cassette_tools.rules.file.ct109_interaction_id import InteractionId
from cassette_tools.rules.http.ct201_content_length import ContentLength
from cassette_tools.rules.http.ct202_status_code import StatusCode
from cassette_tools.rules.http.ct203_request_url import RequestUrl
from cassette_tools.rules.http.ct204_body_not_json import BodyNotJson
from cassette_tools.rules.http.ct205_content_encoding import ContentEncoding
from cassette_tools.rules.http.ct206_oversized_body import OversizedBody
from cassette_tools.rules.protocol.ct401_missing_terminator import MissingTerminator
from cassette_tools.rules.protocol.ct402_after_terminator import AfterTerminator
from cassette_tools.rules.protocol.ct403_unfinished_message import UnfinishedMessage
from cassette_tools.rules.protocol.ct407_tool_arguments_not_json import ToolArgumentsNotJson
from cassette_tools.rules.protocol.ct408_error_event import ErrorEvent

RULES: tuple[Rule, ...] = (
    UnreadableFile(),
    YamlSyntax(),
    MergeConflict(),
    DuplicateKey(),
    ForeignTag(),
    UnknownFormat(),
    UnsupportedVersion(),
    SchemaViolation(),
    NoInteractions(),
    InteractionId(),
    ContentLength(),
    StatusCode(),
    RequestUrl(),
    BodyNotJson(),
    ContentEncoding(),
    OversizedBody(),
    UnterminatedEvent(),
    UnknownField(),
    EventNotJson(),
    MissingTerminator(),
    AfterTerminator(),
    UnfinishedMessage(),
    ToolArgumentsNotJson(),
    ErrorEvent(),
)


def find(name: str) -> Rule:
    """The rule with a code or a name.

    Raises:
        UnknownNameError: There is none; the hint names the closest one.
    """
    for rule in RULES:
        if name.upper() == rule.code or name.lower() == rule.name:
            return rule
    known = [text for rule in RULES for text in (rule.code, rule.name)]
    close = difflib.get_close_matches(name.upper(), known, n=1) or difflib.get_close_matches(name.lower(), known, n=1)
    hint = f"did you mean {close[0]!r}?" if close else "`cassette-tools rule --all` lists them"
    raise UnknownNameError(f"no such rule: {name!r}", hint)
