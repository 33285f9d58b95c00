"""CT407: tool-arguments-not-json."""

from collections.abc import Iterable

from cassette_tools.finding import Problem, Severity
from cassette_tools.model import Interaction
from cassette_tools.protocols.base import Kind
from cassette_tools.protocols.registry import Transcript
from cassette_tools.rules.base import Rule, answer_route
from cassette_tools.text import printable


class ToolArgumentsNotJson(Rule):
    r"""Arguments of a tool call that are not a JSON object.

    ## What it does

    Puts the fragments of each tool call's arguments together and parses the result. No arguments at all are passed
    over, and so are those of an answer that was cut at the token limit (`finish_reason: length`).

    ## Why it matters

    A lost fragment shows here and nowhere else. Models do write broken JSON at times: then the recording is true, and
    the code under test has to live with it.

    ## Example

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        code: 200
        headers: {Content-Type: [text/event-stream]}
        body: |+
          data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"add","arguments":"{\"a\": 1"}}]}}]}

          data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

          data: [DONE]

    ```

    ## Use instead

    ```yaml
    version: 2
    interactions:
    - id: 0
      request: {url: "https://api.example.com/v1/chat/completions", method: POST}
      response:
        code: 200
        headers: {Content-Type: [text/event-stream]}
        body: |+
          data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"add","arguments":"{\"a\": 1}"}}]}}]}

          data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}

          data: [DONE]

    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT407"
    name = "tool-arguments-not-json"
    severity = Severity.WARNING
    since = "0.1.0"

    def check_answer(self, interaction: Interaction, transcript: Transcript) -> Iterable[Problem]:
        """The calls whose arguments could not be parsed."""
        for irregularity in transcript.irregularities:
            if irregularity.kind is Kind.TOOL_ARGUMENTS:
                name, _, problem = irregularity.detail.rpartition("\n")
                message = f"the arguments of the call of '{printable(name, 40)}' are not a JSON object: {problem}"
                yield Problem(message, answer_route(interaction, transcript, irregularity))
