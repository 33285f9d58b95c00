"""What identifies a finding when the file it is in has been recorded again.

Recorders rewrite whole files, so lines and columns, ids, dates and the number of fragments say nothing. What stays is
the rule, the interaction (its method, its URL and which of several equal ones it is), the place within it, and what the
message says apart from numbers and quoted text. Only masked text goes into it.
"""

import functools
import json
import re
from collections import Counter
from typing import TYPE_CHECKING

from cassette_tools.finding import Severity
from cassette_tools.model import Path, Route
from cassette_tools.text import mask

if TYPE_CHECKING:
    from cassette_tools.model import Cassette

_ID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?=[A-Za-z_]{0,40}[0-9])[A-Za-z0-9_]{16,}|[0-9]{4,}"
"""What another recording has another one of: a UUID, a long word with digits, a port, a date."""
_QUOTED = r"(?s)(?<![A-Za-z])'.*'"
_NUMBER = r"[0-9][0-9,.]*"
_MAX_URL = 2000


class Fingerprints:
    """Makes the fingerprints of one file's findings."""

    def __init__(self, cassette: "Cassette | None") -> None:
        self._cassette = cassette
        self._interactions: dict[Path, list[object]] | None = None

    def of(self, code: str, severity: Severity, route: Route, message: str) -> str:
        """32 hexadecimal digits. The name of the file is not in them: files are moved, too."""
        import hashlib

        interaction, path = self._interaction(route.path)
        said = re.sub(_NUMBER, "#", re.sub(_QUOTED, "", message))
        identity = [code, severity.label, interaction, path, route.key, said]
        return hashlib.blake2b(json.dumps(identity).encode(), digest_size=16).hexdigest()

    def _interaction(self, path: Path) -> tuple[list[object], Path]:
        """What identifies the interaction that a path leads into, and the rest of the path."""
        if self._cassette is None or not self._cassette.interactions:
            return [], path
        if self._interactions is None:
            self._interactions = {}
            equals: Counter[tuple[str, str]] = Counter()
            for interaction in self._cassette.interactions:
                request = interaction.request
                key = (request.method, _resource(request.url[:_MAX_URL]))
                self._interactions[interaction.path] = [*key, equals[key]]
                equals[key] += 1
        length = len(self._cassette.interactions[0].path)
        known = self._interactions.get(path[:length])
        return ([], path) if known is None else (known, path[length:])


@functools.lru_cache(maxsize=1000)
def _resource(url: str) -> str:
    """A URL without its ids; recordings of one API have the same ones."""
    return re.sub(_ID, "#", mask(url))
