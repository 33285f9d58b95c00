"""What stops the tool. Each error says what was found and, where there is a way, how to fix it."""


class CassetteToolsError(Exception):
    """The base of every error that ends a command with exit code 2.

    Args:
        message: What was found and what was expected, in one sentence.
        hint: What to do about it, or an empty string.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class PathError(CassetteToolsError):
    """A path named by the user does not exist or cannot be used."""


class NothingToCheckError(CassetteToolsError):
    """The paths named by the user hold no cassette at all."""

    def __init__(
        self,
        message: str = "no cassette found",
        hint: str = "name a file or a folder that holds cassettes (*.yaml, *.yml, *.json, *.har, also .gz)",
    ) -> None:
        super().__init__(message, hint)


class UnknownNameError(CassetteToolsError):
    """A rule (or another thing with a name) that does not exist."""


class ConfigError(CassetteToolsError):
    """A configuration file that cannot be used."""


class BaselineError(CassetteToolsError):
    """A baseline that cannot be used."""


class FixError(CassetteToolsError):
    """A file that was to be fixed and cannot be written."""


class OutputError(CassetteToolsError):
    """A report that cannot be written."""
