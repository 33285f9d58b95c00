"""cassette-tools: lint HTTP recordings (cassettes) of LLM traffic."""

__version__ = "0.1.0"
