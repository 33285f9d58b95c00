"""The LLM APIs: recognise one, check its grammar, put its streamed fragments together."""
