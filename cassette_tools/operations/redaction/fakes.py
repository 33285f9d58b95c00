r"""Fakes: made-up values of the form of a secret, for code that looks at the form.

A fake is drawn from HMAC-SHA-256 of the value: the same value and key always give the same fake, and without the key
nothing leads back, not even trying all values there are. Every fake says that it is one: it holds the letters
``FAKE``, starts with eight zeros, or is an address that the standards set aside for documentation.

Different values can get one fake. Addresses of IPv4 have 762 fakes in all, a number of twelve digits has 10,000, one of
eight has one; ids of at most eight hexadecimal digits have one, too. Texts of less than eight characters have some
457,000. With all others it takes more than a million values for a pair to be likely.
"""

import base64
import hashlib
import hmac
import json
import re
import string
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address

MARK = "FAKE"
"""What a fake holds near its start, after the known prefix of its kind."""
_ZEROS = "0" * 8
_NETWORKS = [IPv4Network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
_NETWORK_6 = IPv6Network("2001:db8::/32")
_EMAIL = re.compile(r"[^@\s/:]+@[^@\s/:]+\.[^@\s/:.]+")
_FAKE_EMAIL = re.compile(r"user-[0-9a-f]{12}@example\.com")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-?)[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{4}\1[0-9a-fA-F]{12}")
_HOME = re.compile(r"((?:file://)?(?:/Users/|/home/|[A-Za-z]:(?:\\+|/)Users(?:\\+|/)))([^/\\]+)(.*)", re.DOTALL)
_JWT = re.compile(r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*")
_PEM = re.compile(r"(-----BEGIN [A-Z0-9 ]+-----)(.*?)(-----END [A-Z0-9 ]+-----.*|\Z)", re.DOTALL)
# Line breaks and slashes as JSON and URLs spell them.
_SPELT = re.compile(r"\\+[nrt/]|\\+u00[0-9a-fA-F]{2}|%[0-9a-fA-F]{2}")
# What is no secret in front of one and behind it: it says which kind it is.
_PREFIX = re.compile(
    r"https?:(?:\\?/){2}[^\\/?#]+\\?/(?:(?:services|workflows|triggers|api|webhooks|v[0-9]+)\\?/)*"
    r"|(?:sk|pk)-ant-(?:api|admin|oat|ort|sid)[0-9]{0,2}-|sk-ant-|sk-or-(?:v[0-9]-)?|(?:sk|pk)-(?:lf|helicone)-"
    r"|sk-(?:proj|svcacct|service|admin)-|(?:sk|rk|pk)_(?:live|test|prod)_|sk[-_]|sess-|ek_|org-|proj_|AIza|AQ\.Ab8R"
    r"|ya29\.|1//0|GOCSPX-|xai-|gsk_|hf_|api_org_|pplx-|r8_|tgp_v1_|fw_|csk-|nvapi-|vc[kpira]_|jina_|pa-|al-|llx-"
    r"|tvly-(?:dev-|prod-)?|fc-|BSA|pcsk_|lsv2_(?:pt|sk)_|wandb_v1_|e2b_|crsr_|key[-_]|ABSK|bedrock-api-key-"
    r"|AKIA|ASIA|ABIA|ACCA|do[opr]_v1_|dapi|sbp_|sb_secret_|hv[sbr]\.|nfp_|fm[12][ar]?_|HRKU-|gh[opusr]_|github_pat_"
    r"|gl(?:pat|dt|rt|cbt|ptt|ft|oas|soat|imt|agent|ffct)-|npm_|pypi-|dckr_(?:pat|oat)_|lin_(?:api|oauth)_|ntn_|secret_"
    r"|AT(?:ATT3x|CTT3x|BB)|PMAK-|figd_|pat|xox[abeoprs]-|xapp-|xwfp-|SG\.|re_|whsec_|shp(?:at|ca|pa|ss)_|sq0[a-z]{3}-"
    r"|EAAA|ph[xc]_|sntry[su]_|glsa_|glc_|NRAK-|NRJS-|NRII-|ops_|dp\.(?:pt|st|ct|scim|audit)\.|pul-"
)
_SUFFIX = re.compile(r"\.apps\.googleusercontent\.com\Z")


def is_fake(value: str) -> bool:
    """Whether a value is a fake of this module, or may be one by its looks."""
    if MARK in value[:120] or value.startswith(_ZEROS) or _FAKE_EMAIL.fullmatch(value):
        return True
    try:
        address = ip_address(value)
    except ValueError:
        return False
    return address in _NETWORK_6 or any(address in network for network in _NETWORKS)


def fake(kind: str, value: str, key: bytes) -> str:
    """A fake for a value: of the same length, and with a letter for a letter and a digit for a digit.

    Known prefixes (``sk-proj-``, ``org-``, ``hf_``) and all that is neither letter nor digit stay. Values of less than
    eight characters become ``FAKE`` and four letters. E-mail addresses become ``user-…@example.com``; UUIDs keep their
    version; addresses of IPv4 and IPv6 become some for documentation; in paths of home folders only the user changes;
    JSON Web Tokens keep three parts that decode, and when they expire; PEM blocks keep their first and last line.

    Args:
        kind: The name of the pattern that found it; it tells the name of a user (``home-path``) from other words.
        value: The secret itself, without scheme or name.
        key: The secret of the run: who has it can try out values.
    """
    draw = _Draw(key, value)
    if _EMAIL.fullmatch(value):
        # Upper and lower case are one address.
        return f"user-{_Draw(key, value.lower()).text(12, '0123456789abcdef')}@example.com"
    if _UUID.fullmatch(value) and not value.isdecimal():
        return _uuid(value, draw)
    if ":" in value or value.count(".") == 3:
        address = _address(value, draw)
        if address:
            return address
    home = _HOME.fullmatch(value)
    if home:
        return home[1] + _user(home[2], key) + home[3]
    if kind == "home-path":
        return _user(value, key)
    if _JWT.fullmatch(value):
        return _jwt(value, draw)
    pem = _PEM.fullmatch(value.strip())
    if pem:
        start = value.index(pem[1])
        end = value.rindex(pem[3]) if pem[3] else len(value)
        middle = start + len(pem[1])
        return value[:middle] + _alike(value[middle:end], draw, zeros=False) + value[end:]
    if len(value) < 8:
        return _short(draw)
    prefix = _PREFIX.match(value)
    suffix = _SUFFIX.search(value)
    start = prefix.end() if prefix else 0
    end = suffix.start() if suffix else len(value)
    if end - start < 8:
        start, end = 0, len(value)
    return value[:start] + _alike(value[start:end], draw, zeros=start == 0) + value[end:]


class _Draw:
    """Numbers drawn from a value and a key."""

    def __init__(self, key: bytes, value: str) -> None:
        data = value.encode("utf-8", "surrogatepass")
        seed = hmac.new(key, data, hashlib.sha256).digest()
        self._bytes = self._stream(seed)

    @staticmethod
    def _stream(seed: bytes) -> Iterator[int]:
        number = 0
        while True:
            yield from hmac.new(seed, number.to_bytes(8, "big"), hashlib.sha256).digest()
            number += 1

    def of(self, alphabet: str) -> str:
        """One character of an alphabet of at most 256, each as likely as any other."""
        limit = 256 - 256 % len(alphabet)
        return alphabet[next(byte for byte in self._bytes if byte < limit) % len(alphabet)]

    def text(self, length: int, alphabet: str) -> str:
        return "".join(self.of(alphabet) for _ in range(length))


def _short(draw: _Draw) -> str:
    return MARK + draw.text(4, string.ascii_lowercase)


def _user(name: str, key: bytes) -> str:
    draw = _Draw(key, name)
    return _short(draw) if len(name) < 8 else _alike(name, draw, zeros=False)


def _alike(text: str, draw: _Draw, *, zeros: bool) -> str:
    """Random characters of the same classes, and the mark.

    Args:
        text: What they are to resemble.
        draw: Where they come from.
        zeros: Eight zeros are the mark where there are only digits, or only hexadecimal ones.
    """
    letters = [char for char in text if char.isalnum()]
    if len(letters) < 4:
        return MARK + draw.text(max(len(text) - 4, 4), string.ascii_lowercase)
    is_hex = all(char in string.hexdigits for char in letters)
    lower, upper = ("abcdef", "ABCDEF") if is_hex else (string.ascii_lowercase, string.ascii_uppercase)
    result = []
    position = 0
    for spelt in [*_SPELT.finditer(text), None]:
        end = spelt.start() if spelt else len(text)
        result += [_like(char, draw, lower, upper) for char in text[position:end]]
        if spelt:
            result.append(spelt.group())
            position = spelt.end()
    drawn = "".join(result)
    if zeros and is_hex and re.match("[0-9a-fA-F]{8}", text):
        return _ZEROS + drawn[8:]
    # Where letters may stand: not in the digits at the start of some tokens.
    blanked = _SPELT.sub(lambda match: "-" * len(match.group()), text)
    place = re.search(r"(?=[0-9]*[A-Za-z])[A-Za-z0-9]{4}", blanked) or re.search(r"[A-Za-z0-9]{4}", blanked)
    start = place.start() if place else 0
    return drawn[:start] + MARK + drawn[start + 4 :]


def _like(char: str, draw: _Draw, lower: str, upper: str) -> str:
    if char.isdecimal():
        return draw.of(string.digits)
    if char.isalpha():
        return draw.of(upper if char.isupper() else lower)
    return char


def _uuid(value: str, draw: _Draw) -> str:
    """Zeros, then random digits but for those that tell the version and the variant."""
    dash = "-" if "-" in value else ""
    bare = value.replace("-", "")
    alphabet = "0123456789ABCDEF" if any(char.isupper() for char in bare) else "0123456789abcdef"
    digits = [draw.of(alphabet) for _ in bare]
    digits[:8] = _ZEROS
    digits[12], digits[16] = bare[12], bare[16]
    made = "".join(digits)
    return dash.join((made[:8], made[8:12], made[12:16], made[16:20], made[20:]))


def _address(value: str, draw: _Draw) -> str:
    """An address for documentation (RFC 5737, RFC 3849); empty where the value is none."""
    try:
        address = ip_address(value)
    except ValueError:
        return ""
    if address.version == 4:
        network = _NETWORKS[int(draw.of("012"))]
        number = int(draw.text(4, "0123456789abcdef"), 16) % 254 + 1
        return str(network.network_address + number)
    groups = [draw.text(4, "123456789abcdef") for _ in range(4)]
    return "2001:db8::" + ":".join(groups)


def _jwt(value: str, draw: _Draw) -> str:
    """Three parts that decode. Of the claims, only the time when it expires is kept: clients look at it."""
    claims: dict[str, object] = {"sub": f"fake-{draw.text(12, '0123456789abcdef')}"}
    expires = _claims(value.split(".")[1]).get("exp")
    if isinstance(expires, int) and 0 < expires < 1 << 40:
        claims["exp"] = expires
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    encoded = [_encoded(json.dumps(part, separators=(",", ":")).encode()) for part in parts]
    return ".".join((*encoded, MARK + draw.text(39, string.ascii_letters + string.digits + "-_")))


def _claims(part: str) -> dict[str, object]:
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
