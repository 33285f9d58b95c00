"""What is said about a secret: nothing of it but its ends."""

from collections.abc import Iterable, Iterator

from cassette_tools.credentials.context import shown
from cassette_tools.finding import Problem
from cassette_tools.secrets.finder import Secret


def problems(secrets: Iterable[Secret], code: str) -> Iterator[Problem]:
    """Those that a rule reports, in words."""
    for secret in secrets:
        if secret.code == code:
            codings = "".join(f", in {coding}" for coding in secret.view.codings)
            title = secret.title.removesuffix(" in a URL") if secret.where == "the URL" else secret.title
            message = f"{title} in {secret.where}{codings}: {shown(secret.value)}"
            yield Problem(message, secret.route, secret.severity)
