"""CT104: foreign-tag."""

import re
from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Route
from cassette_tools.rules.base import CheckedFile, Rule
from cassette_tools.text import printable

_RUNS_CODE = re.compile(
    r"(?:tag:yaml\.org,2002:|!)?(?:python/(?:object|name|module)|ruby/(?:object|exception|struct|class))"
)
# What VCR.py writes: a subclass of str that keeps its spelling, for header names of aiohttp; files and iterators that
# were sent as a body, which its loader makes of their content alone.
_HARMLESS = re.compile(
    r"tag:yaml\.org,2002:python/object/(?:apply:multidict\.[a-z_.]*istr|new:_io\.BytesIO|apply:builtins\.iter)\Z"
)


class ForeignTag(Rule):
    """A tag that asks a parser for more than a plain value.

    ## What it does

    Reports tags of one language's objects, such as `!!python/…` and `!ruby/…`. This tool reads the plain value under
    them and never builds an object. A tag that makes a loader call a function or build an object of a class is an
    error; tags that only name a kind of string, number or list are information, and so are those of files and iterators
    that VCR.py writes for the body of a request and reads with a safe loader.

    ## Why it matters

    Such a file can be loaded by one language only, and mostly only by a loader that is not safe. A cassette is data
    from a remote machine: whoever can change it would run code where the tests run.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, status: 200 OK, headers: {}, body: !!python/object/apply:os.getcwd []}
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/models", method: GET}
      response: {code: 200, status: 200 OK, headers: {}, body: "[]"}
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT104"
    name = "foreign-tag"
    severity = Severity.INFO
    since = "0.1.0"

    def check_file(self, file: CheckedFile) -> Iterable[Problem]:
        """The tags that were met while the file was parsed."""
        for defect in file.document.defects if file.document else ():
            if defect.kind != "foreign-tag":
                continue
            tag = printable(defect.message.replace("tag:yaml.org,2002:", "!!"), 80)
            route = Route(file_span=(defect.start, defect.end))
            if _RUNS_CODE.match(defect.message) and not _HARMLESS.match(defect.message):
                message = f"the tag {tag} makes a loader that is not safe run code; read as a plain value here"
                yield Problem(message, route, Severity.ERROR)
            else:
                yield Problem(f"the tag {tag} is not known to every recorder; read as a plain value here", route)
