"""The JSON Schemas that come with the package, by name."""

import json
from importlib import resources
from typing import Any


def load(name: str) -> dict[str, Any]:
    """Read a schema of the package.

    Args:
        name: The file's name without ``.schema.json``, such as ``go-vcr-v2``.
    """
    package = resources.files("cassette_tools")
    folder = package / "schemas"
    if not folder.is_dir():
        # An editable install runs from the source tree, where the schemas lie beside the package.
        with resources.as_file(package) as path:
            folder = path.parent / "schemas"
    schema: dict[str, Any] = json.loads((folder / f"{name}.schema.json").read_text(encoding="utf-8"))
    return schema
