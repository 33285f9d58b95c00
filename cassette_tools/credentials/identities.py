"""What opens nothing, but says whose account it is or which person."""

from cassette_tools.credentials.pattern import Pattern, Weight
from cassette_tools.credentials.shapes import DIGITS, GAP, HEX, LOWER, MIXED, START

_UUID = r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
# As shapes.START, but not within paths and other addresses.
_BEFORE = r"(?:\\[nrtbf]|\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}|^|[^A-Za-z0-9._%+@/:-]|[A-Za-z][:=])"
_SAMPLE_UUID = (HEX[0], "-05b4-4ae2-97c6-", HEX[3], "6e80")
_OWN, _ACCOUNT, _PERSON = Weight.IDENTITY, "CT607", "CT608"
# Of two letters, or common: a file name such as logo@2x.png is no address.
_TOP = (
    r"(?:[A-Za-z]{2}|com|net|org|edu|gov|mil|int|info|biz|name|pro|dev|app|cloud|tech|online|site|xyz|email|"
    r"company|agency|studio|design|group|team|tools|systems|solutions|digital|software|space|world|live|works|chat)"
)


def _ids(*names: str) -> tuple[str, ...]:
    """The names of ids, in every spelling."""
    return tuple(f"{name}{sign}{kind}" for name in names for sign in ("-", "_", " ", "") for kind in ("id", "uuid"))


ACCOUNTS: tuple[Pattern, ...] = (
    Pattern(
        "openai-organization",
        "an OpenAI organization",
        START + r"(org-[A-Za-z0-9]{20,})\b",
        _OWN,
        _ACCOUNT,
        3.0,
        true=(("org", "-", *MIXED[:3]),),
        false=(("org", "-", "mode-and-other-packages"),),
        keywords=("org-",),
    ),
    Pattern(
        "openai-project",
        "an OpenAI project",
        START + r"(proj_[A-Za-z0-9]{20,})\b",
        _OWN,
        _ACCOUNT,
        3.0,
        true=(("pro", "j_", *MIXED[:3]),),
        keywords=("proj_",),
    ),
    Pattern(
        "aws-account",
        "an AWS account",
        r"arn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:([0-9]{12})\b",
        _OWN,
        _ACCOUNT,
        true=(("arn:aws:bedrock:us-east-1:", *DIGITS[:2], "71:inference-profile/x"),),
        false=(
            ("arn:aws:bedrock:us-east-1:", "123456789012", ":x"),
            ("arn:aws:bedrock:us-east-1::foundation-model/x",),
        ),
        keywords=("arn:aws",),
    ),
    Pattern(
        "azure-subscription",
        "an Azure subscription",
        f"/subscriptions/({_UUID})",
        _OWN,
        _ACCOUNT,
        true=(("/subscriptions/", *_SAMPLE_UUID, "/resourceGroups/x"),),
        keywords=("/subscriptions/",),
    ),
    Pattern(
        "organization-id",
        "the id of an organization",
        r"(?i:(?:organi[sz]ation|workspace|tenant|account)[-_ ]?(?:uu)?id)" + GAP + f"({_UUID})",
        _OWN,
        _ACCOUNT,
        true=(('"organization_', 'id": "', *_SAMPLE_UUID, '"'),),
        keywords=_ids("organization", "organisation", "workspace", "tenant", "account"),
    ),
    Pattern(
        "google-client-id",
        "a Google OAuth client",
        START + r"([0-9]{6,14}-[a-z0-9]{32}\.apps\.googleusercontent\.com)",
        _OWN,
        _ACCOUNT,
        true=((*DIGITS[:2], "-", *LOWER[:4], ".apps.googleusercontent", ".com"),),
        keywords=(".apps.googleusercontent.com",),
    ),
    Pattern(
        "google-project",
        "a Google Cloud project",
        START + r"projects/([a-z][a-z0-9-]{4,28}[a-z0-9])/locations/",
        _OWN,
        _ACCOUNT,
        true=(("projects/", "acme-prod-4827", "/locations/us-central1"),),
        false=(("projects/your-project/locations/x",),),
        keywords=("/locations/",),
    ),
    Pattern(
        "google-service-account",
        "a Google service account",
        START + r"([a-z0-9-]{4,40}@[a-z0-9-]{4,40}\.iam\.gserviceaccount\.com)",
        _OWN,
        _ACCOUNT,
        true=(("robot-7@", "acme-prod-4827", ".iam.gserviceaccount.com"),),
        keywords=(".iam.gserviceaccount.com",),
    ),
)


def _is_no_person(secret: str, match: str, lines: str) -> bool:  # noqa: ARG001 - as all that allow
    """Whether an address is that of a program."""
    return secret.partition("@")[0].lower() in ("git", "noreply", "no-reply", "donotreply", "do-not-reply")


PERSONS: tuple[Pattern, ...] = (
    Pattern(
        "email",
        "an e-mail address",
        _BEFORE + r"([A-Za-z0-9._+-]+@(?:[A-Za-z0-9-]+\.)+" + _TOP + r")\b",
        _OWN,
        _PERSON,
        true=(("jane.doe", "@", "acme-corp.com"), ("j.d+x", "@", "mail.acme.de")),
        false=(
            ("user", "@", "example.com"),
            ("logo", "@", "2x.png"),
            ("git", "@", "localhost"),
            ("git", "@", "github.com"),
            ("no-reply", "@", "acme-corp.com"),
        ),
        allowed=_is_no_person,
        keywords=("@",),
    ),
    Pattern(
        "home-path",
        "a home folder",
        r"(?:file://|\\[nrt]|\\u[0-9A-Fa-f]{4}|%22|^|[^A-Za-z0-9_.~/-])(?:/Users/|/home/|[A-Za-z]:\\+Users\\+)"
        r"([A-Za-z0-9][A-Za-z0-9._-]{1,31})",
        _OWN,
        _PERSON,
        true=(("/Users/", "janedoe", "/src"), ("cd /home/", "jdoe-4"), ("C:\\Users\\", "JaneDoe", "\\x")),
        false=(("/Users/", "username", "/x"), ("https://a.example/home/", "news"), ("/home/", "runner", "/work")),
        keywords=("/users/", "/home/", "\\users\\"),
    ),
    Pattern(
        "ip-address",
        "an IP address",
        _BEFORE + r"((?:[0-9]{1,3}\.){3}[0-9]{1,3})\b",
        _OWN,
        _PERSON,
        true=(("84.17.", "62.133"),),
        false=(
            ("127.0.0.1",),
            ("10.4.7.9",),
            ("192.168.4.7",),
            ("203.0.113.9",),
            ("Chrome/120.0.0.0",),
            ("999.4.7.13",),
        ),
    ),
    Pattern(
        "ip-address",
        "an IP address",
        _BEFORE + r"([23][0-9A-Fa-f]{3}:(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{1,4})\b",
        _OWN,
        _PERSON,
        true=(("2a02:8108:", "4d3f:91a0::7c2e"),),
        false=(("2001:db8::", "7c2e"), ("2024:11:30",)),
    ),
)
