"""The rules: an explicit list, by what of a file they look at.

A hook starts the tool at every commit, and most files give nothing to say: the rules that put into words what the
parser, a stream's decoder or a protocol noted are imported when something was noted.
"""

import functools
import importlib
from collections.abc import Iterator, Mapping

from cassette_tools.errors import UnknownNameError
from cassette_tools.model import Cassette, Interaction
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules import gates
from cassette_tools.rules.base import Rule
from cassette_tools.source.document import Document

_MODULES = {
    "": (
        "suppression.ct001_stale_baseline_entry",
        "suppression.ct002_unused_suppression",
    ),
    "check_file": (
        "file.ct100_unreadable_file",
        "file.ct101_yaml_syntax",
        "file.ct102_merge_conflict",
        "file.ct103_duplicate_key",
        "file.ct104_foreign_tag",
        "file.ct105_unknown_format",
        "file.ct106_unsupported_version",
    ),
    "check_cassette": (
        "file.ct107_schema_violation",
        "file.ct108_no_interactions",
        "file.ct109_interaction_id",
        "file.ct110_oversized_file",
        "http.ct210_duplicate_interaction",
    ),
    "check_interaction": (
        "http.ct201_content_length",
        "http.ct202_status_code",
        "http.ct203_request_url",
        "http.ct204_body_not_json",
        "http.ct205_content_encoding",
        "http.ct206_oversized_body",
        "http.ct207_content_type",
        "http.ct208_error_response",
        "http.ct209_error_in_success",
        "http.ct211_replacement_character",
        "http.ct212_empty_stream",
        "protocol.ct410_stream_flag",
        "usage.ct501_usage_missing",
        "usage.ct502_usage_arithmetic",
    ),
    "check_answer": (
        "event_stream.ct301_unterminated_event",
        "event_stream.ct302_unknown_field",
        "event_stream.ct303_event_not_json",
        "event_stream.ct306_event_stream_crc",
        "event_stream.ct307_ndjson_line",
        "protocol.ct401_missing_terminator",
        "protocol.ct402_after_terminator",
        "protocol.ct403_unfinished_message",
        "protocol.ct404_block_order",
        "protocol.ct405_sequence_gap",
        "protocol.ct406_mixed_stream",
        "protocol.ct407_tool_arguments_not_json",
        "protocol.ct408_error_event",
        "protocol.ct409_snapshot_mismatch",
    ),
    "check_secrets": (
        "secret.ct601_credential_header",
        "secret.ct602_credential_in_url",
        "secret.ct603_api_key",
        "secret.ct604_split_secret",
        "secret.ct605_cookie",
        "secret.ct606_private_key",
        "secret.ct607_account_id",
        "secret.ct608_personal_data",
        "secret.ct609_known_secret",
    ),
}
"""The modules below ``cassette_tools.rules``, by the method that their rule overrides; one rule each.

``CT001`` and ``CT002`` override none: they name what the run itself finds out about suppressions.
"""


@functools.cache  # asked for every rule and every interaction
def _code(module: str) -> str:
    return module.rpartition(".")[2][:5].upper()


def _name(module: str) -> str:
    return module.rpartition(".")[2][6:].replace("_", "-")


NAMES = {_code(module): _name(module) for modules in _MODULES.values() for module in modules}
"""The names of the rules by their codes; to know them none is imported."""

OFF_BY_DEFAULT = frozenset(("CT608",))
"""The codes of rules that are off unless they are asked for by code or name, or with all others by ``ALL``."""


class RuleSet:
    """The rules of a run, each imported when it is asked for.

    Args:
        codes: The rules that are switched on; None for all that are on by default.
        settings: What is set for a rule, by its code; what is not set has the rule's own default.
    """

    def __init__(
        self, codes: frozenset[str] | None = None, settings: Mapping[str, Mapping[str, object]] | None = None
    ) -> None:
        self.codes = frozenset(NAMES) - OFF_BY_DEFAULT if codes is None else codes
        self._settings = settings or {}
        self._rules: dict[str, Rule] = {}
        self._chosen: dict[str, tuple[str, ...]] = {}

    def rules_with(self, method: str) -> Iterator[Rule]:
        """The rules that override a ``check_…`` method, in the order of their codes."""
        return map(self._rule, self._modules(method))

    def rules_for(self, cassette: Cassette, document: Document) -> Iterator[Rule]:
        """Those that override ``check_cassette`` and may have something to say about a recording."""
        for module in self._modules("check_cassette"):
            gate = gates.CASSETTE.get(_code(module))
            if gate is None or gate(cassette, document):
                yield self._rule(module)

    def rules_about(self, interaction: Interaction, transcript: Transcript | None) -> Iterator[Rule]:
        """Those that override ``check_interaction`` and may have something to say about an interaction."""
        for module in self._modules("check_interaction"):
            gate = gates.INTERACTION.get(_code(module))
            if gate is None or gate(interaction, transcript):
                yield self._rule(module)

    def _modules(self, method: str) -> tuple[str, ...]:
        known = self._chosen.get(method)
        if known is None:
            chosen = (module for module in _MODULES[method] if _code(module) in self.codes)
            known = self._chosen[method] = tuple(chosen)
        return known

    def _rule(self, module: str) -> Rule:
        rule = self._rules.get(module)
        if rule is None:
            rule = self._rules[module] = self._load(module)
        return rule

    def _load(self, name: str) -> Rule:
        module = importlib.import_module(f"cassette_tools.rules.{name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Rule) and value.__module__ == module.__name__:
                return value(self._settings.get(value.code))
        raise LookupError(f"{module.__name__} has no rule")


@functools.cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the codes."""
    every = RuleSet(frozenset(NAMES))
    return tuple(sorted((rule for method in _MODULES for rule in every.rules_with(method)), key=lambda rule: rule.code))


def find(name: str) -> Rule:
    """The rule with a code or a name.

    Raises:
        UnknownNameError: There is none; the hint names the closest one.
    """
    for rule in all_rules():
        if name.upper() == rule.code or name.lower() == rule.name:
            return rule
    raise UnknownNameError(f"no such rule: {name!r}", closest(name) or "`cassette-tools rule --all` lists them")


def closest(name: str) -> str:
    """A hint at the rule whose code or name is most like the given one; empty when none is."""
    import difflib
    import os

    if name[:2].upper() == "CT" and name[2:].isdecimal() and len(name) < len("CT301"):
        families = sorted({code[:3] for code in NAMES})
        if name[:3].upper() not in families:
            return f"the families are {families[0]} to {families[-1]}: `cassette-tools rule --all` lists them"
    for word, known in ((name.upper(), NAMES), (name.lower(), NAMES.values())):
        close = difflib.get_close_matches(word, known, n=5, cutoff=0.7)
        if close:
            # Of several, the one that starts in the same way: the digits of a code are not all as far apart.
            best = max(close, key=lambda match: len(os.path.commonprefix([word, match])))  # noqa: RUF071 - no paths
            return f"did you mean {best!r}?"
    return ""
