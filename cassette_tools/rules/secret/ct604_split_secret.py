"""CT604: split-secret."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.rules.base import Rule
from cassette_tools.rules.secret.words import problems
from cassette_tools.secrets.finder import Secret


class SplitSecret(Rule):
    """A secret that is split over the fragments of a stream.

    ## What it does

    Reports secrets in streamed answers that no single event holds: the fragments are put together first. These are the
    text, the reasoning and the tool arguments of the message, and whatever else stands at the same place of several
    events, whether the API is known or not: the events' own lines, tokens with their probabilities, transcripts. The
    place is the first fragment.

    ## Why it matters

    A key that a model repeats arrives in pieces, and whatever looks at lines or events sees none of them as what they
    are.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        body: |+
          data: {"choices":[{"index":0,"delta":{"content":"sk-proj-7Hq2vXc94k"}}]}

          data: {"choices":[{"index":0,"delta":{"content":"LmPz81RtYwBn"}}]}

          data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

          data: [DONE]

        code: 200
        headers: {Content-Type: [text/event-stream]}
    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        body: |+
          data: {"choices":[{"index":0,"delta":{"content":"REDACTED-openai-project-key-1"}}]}

          data: {"choices":[{"index":0,"delta":{"content":""}}]}

          data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

          data: [DONE]

        code: 200
        headers: {Content-Type: [text/event-stream]}
    ```

    ## Configuration

    `severity`, as for every rule. The table `secrets` of the configuration has patterns of one's own, and what is
    no secret.
    """

    code = "CT604"
    name = "split-secret"
    severity = Severity.ERROR
    since = "0.1.0"

    def check_secrets(self, secrets: Iterable[Secret]) -> Iterable[Problem]:
        """Those that the rule reports."""
        return problems(secrets, self.code)
