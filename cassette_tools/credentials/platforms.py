"""Credentials of platforms: clouds, code hosting, packages, messages, payments, watching."""

from cassette_tools.credentials.pattern import Pattern, Weight
from cassette_tools.credentials.shapes import DIGITS, GAP, HEX, MIXED, UPPER, named, no_id, token


def _member(name: str, value: str) -> str:
    """A member of an object in JSON, or in JSON that is a string of JSON."""
    return rf'\\*"{name}\\*"\s*:\s*\\*"{value}\\*"'


_NEXT = r"\s*(?:,|%2[Cc])(?:\s|\\+[nr])*"
"""What stands between two members."""


CLOUDS: tuple[Pattern, ...] = (
    token("aws-access-key-id", "an AWS access key id", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}",
          ("AK", "IA", *UPPER[:2]), ("AS", "IA", *UPPER[2:]), weight=Weight.HALF,
          false=(("AK", "IA", "IOSFODNN7", "EXAMPLE"),), keywords=("AKIA", "ASIA", "ABIA", "ACCA")),
    named("aws-secret-access-key", "an AWS secret access key",
          r"(?:aws|amazon|secret)[a-z0-9_ .-]{0,20}?(?:secret|access)?[-_ ]?(?:access)?[-_ ]?key", r"[A-Za-z0-9/+]{40}",
          ("AWS_SECRET_ACCESS_", "KEY=", *MIXED[:4], "/", "Q7xW+2a"), ('"secretAccess', 'Key": "', *MIXED[:5], '"'),
          entropy=3.8, keywords=("aws", "amazon", "secret"), also=("key",)),
    # Of the three parts of temporary credentials, the one that is of no use without the others.
    named("aws-session-token", "an AWS session token", r"aws[-_]?session[-_]?token|x-amz-security-token|session_?token",
          r"[A-Za-z0-9+/]{40,}={0,2}", ("AWS_SESSION_", "TOKEN=IQoJb3JpZ2luX2Vj", *MIXED), weight=Weight.HALF,
          entropy=4.5, keywords=("session_token", "session-token", "sessiontoken", "security-token")),
    token("azure-ai-key", "an Azure AI key", "[A-Za-z0-9]{40,60}JQQJ9[A-Za-z0-9]{20,40}",
          (*MIXED[:6], "q7Va", "JQQ", "J9", *MIXED[:3], "xa3"), keywords=("JQQJ9",)),
    token("azure-client-secret", "an Azure client secret", r"[A-Za-z0-9_~.]{3}[78]Q~[A-Za-z0-9_~.-]{31,34}",
          ("Zx4", "8Q~", *MIXED[:4]), keywords=("7Q~", "8Q~")),
    Pattern("azure-account-key", "an Azure account key",
            r"(?i:(?:Account|SharedAccess|SharedSecret|Primary|Secondary)Key)" + GAP + r"([A-Za-z0-9+/]{40,}={0,2})",
            entropy=3.5, true=(("AccountName=a;Account", "Key=", *MIXED[:10], "Q7xa5w", "=="),
                               ("SharedAccess", "Key=", *MIXED[:5], "q7V", "=")),
            keywords=("accountkey", "sharedaccesskey", "sharedsecretkey", "primarykey", "secondarykey")),
    # What Azure answers where its keys are asked for: /listKeys and /regenerateKey of storage and of AI services.
    Pattern("azure-listed-key", "an Azure key", _member("keyName", r"[^\"\\]{1,40}") + _NEXT
            + "(?:" + _member("permissions", "[A-Za-z]{1,20}") + f"{_NEXT})?"
            + _member("value", r"([A-Za-z0-9+/]{40,90}={0,2})"),
            entropy=3.5, true=(('{"keyName": "key1", "val', 'ue": "', *MIXED[:10], 'Q7xa5w=="}'),
                               ('{"keyName":"key1","permissions":"FULL","val', 'ue":"', *MIXED[:10], 'Q7xa5w=="}'),
                               (r'{\"keyName\": \"key1\",\n  \"val', r'ue\": \"', *MIXED[:10], r'Q7xa5w==\"}')),
            false=(('{"keyName": "key1", "value": "a/short/path"}',),), keywords=("keyname",)),
    Pattern("azure-listed-key", "an Azure key", _member("key1", "([0-9a-f]{32})") + _NEXT + r"\\*\"key2",
            entropy=3.0, true=(('{"key', '1":"', *HEX[:4], '","key2":""}'),
                               (r'{\"key', r'1\":\"', *HEX[:4], r'\",\r\n \"key2\":\"\"}')), keywords=("key1",)),
    Pattern("azure-listed-key", "an Azure key", _member("key1", "[^\"\\\\]{0,100}") + _NEXT
            + _member("key2", "([0-9a-f]{32})"),
            entropy=3.0, true=(('{"key1":"","key', '2":"', *HEX[:4], '"}'),), keywords=("key2",)),
    Pattern("gcp-key-id", "the id of a Google service account's key", r"private_key_id" + GAP + r"([0-9a-f]{40})",
            Weight.HALF, entropy=3.0, true=(('"private_', 'key_id": "', *HEX[:5], '"'),), keywords=("private_key_id",)),
    token("digitalocean-token", "a DigitalOcean token", "do[opr]_v1_[0-9a-f]{64}", ("do", "p_v1_", *HEX),
          keywords=("_v1_",)),
    token("databricks-token", "a Databricks token", "dapi[0-9a-f]{32}(?:-[0-9])?", ("da", "pi", *HEX[:4])),
    token("supabase-token", "a Supabase token", "(?:sbp|sb_secret)_[A-Za-z0-9_-]{30,}", ("sb", "p_", *HEX[:5]),
          ("sb", "_secret_", *MIXED[:2], "-", *MIXED[2:3], "_Q7xW2"), keywords=("sbp_", "sb_secret_")),
    token("planetscale-token", "a PlanetScale credential", r"pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.=-]{32,}",
          ("psc", "ale_tkn_", *MIXED[:5]), ("psc", "ale_pw_", *MIXED[:5]), keywords=("pscale_",)),
    token("vault-token", "a Vault token", r"hv[sbr]\.[A-Za-z0-9_-]{24,}", ("hv", "s.", *MIXED[:4]),
          keywords=("hvs.", "hvb.", "hvr.")),
    token("terraform-token", "a Terraform token", r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,}",
          ("Zx7Qm2Lp9Tr4Vb", ".atlas", "v1.", *MIXED[:9]), keywords=(".atlasv1.",)),
    token("netlify-token", "a Netlify token", "nfp_[A-Za-z0-9]{36,}", ("nf", "p_", *MIXED[:5])),
    token("fly-token", "a Fly token", r"fm[12][ar]?_[A-Za-z0-9+/=]{60,}", ("fm", "2_", *MIXED[:12]),
          keywords=("fm1", "fm2")),
    token("heroku-key", "a Heroku key", "HRKU-[A-Za-z0-9_-]{30,}", ("HR", "KU-", *MIXED[:7])),
)  # fmt: skip

CODE: tuple[Pattern, ...] = (
    token("github-token", "a GitHub token", "(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{30,}",
          ("gh", "p_", *MIXED[:4], "q7Va"),
          ("gh", "o_", *MIXED[:4], "q7Va"), ("gh", "s_", *MIXED[:4], "q7Va"), false=(("gh", "p_", "x" * 36),),
          keywords=("ghp_", "gho_", "ghu_", "ghs_", "ghr_")),
    token("github-fine-grained-token", "a fine-grained GitHub token", "github_pat_[A-Za-z0-9_]{30,}",
          ("github", "_pat_", *MIXED[:2], "q7Vaw3", "_", *MIXED[2:9], "Rp2")),
    token("gitlab-token", "a GitLab token", r"gl(?:pat|dt|rt|cbt|ptt|ft|oas|soat|imt|agent|ffct)-[A-Za-z0-9_.-]{18,}",
          ("gl", "pat-", *MIXED[:2], "q7Va"), ("gl", "dt-", *MIXED[:2], "q7Va"), ("gl", "rt-", *MIXED[:2], "q7Va"),
          keywords=("glpat-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "gloas-", "glsoat-", "glimt-",
                    "glagent-", "glffct-")),
    token("npm-token", "an npm token", "npm_[A-Za-z0-9]{30,}", ("np", "m_", *MIXED[:4], "q7Va"),
          false=(("npm_", "config_registry_and_the_like"),)),
    token("pypi-token", "a PyPI token", "pypi-[A-Za-z0-9_-]{40,}", ("py", "pi-", "AgEIcHlwaS5vcmc", *MIXED[:10])),
    token("rubygems-key", "a RubyGems key", "rubygems_[0-9a-f]{48}", ("ruby", "gems_", *HEX[:6])),
    token("docker-token", "a Docker token", "dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}",
          ("dckr", "_pat_", *MIXED[:3], "q7V")),
    token("linear-key", "a Linear key", "lin_(?:api|oauth)_[A-Za-z0-9]{32,}", ("lin", "_api_", *MIXED[:5])),
    token("notion-token", "a Notion token", "ntn_[0-9A-Za-z]{40,}", ("nt", "n_", *DIGITS[:2], *MIXED[:5])),
    token("notion-legacy-token", "a Notion token", r"secret_[A-Za-z0-9]{43}\b", ("sec", "ret_", *MIXED[:5], "q7V")),
    token("atlassian-token", "an Atlassian token", "AT(?:ATT3x|CTT3x|BB)[A-Za-z0-9_=-]{24,}",
          ("AT", "ATT3x", *MIXED[:10]), keywords=("ATATT3x", "ATCTT3x", "ATBB")),
    token("postman-key", "a Postman key", "PMAK-[0-9a-f]{24}-[0-9a-f]{34}",
          ("PM", "AK-", *HEX[:3], "-", *HEX[:4], "d4")),
    token("figma-token", "a Figma token", "figd_[A-Za-z0-9_-]{36,}", ("fi", "gd_", *MIXED[:5])),
    token("airtable-token", "an Airtable token", r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
          ("pa", "t", *MIXED[:1], "q7Vaw3", ".", *HEX)),
)  # fmt: skip

MESSAGES: tuple[Pattern, ...] = (
    token("slack-token", "a Slack token", "(?:xox[abeoprs]|xapp|xwfp)-(?:[A-Za-z0-9]{1,20}-){0,6}[A-Za-z0-9]{20,}",
          ("xo", "xb-", *DIGITS, "-", *DIGITS[1:], "03-", *MIXED[:3]), ("xo", "xp-", *DIGITS, "-", *HEX[:4]),
          ("xa", "pp-1-", "A0", UPPER[0], "-", *DIGITS, "-", *HEX),
          keywords=("xoxa", "xoxb", "xoxe", "xoxo", "xoxp", "xoxr", "xoxs", "xapp-", "xwfp-")),
    token("slack-webhook", "the URL of a Slack webhook",
          r"https:(?:\\?/){2}hooks\.slack\.com\\?/(?:services|workflows|triggers)\\?/(?:[A-Za-z0-9_/]|\\/){20,}",
          ("https://hooks.slack", ".com/services/T0", UPPER[0], "/B0", UPPER[1], "/", *MIXED[:3]), code="CT602",
          keywords=("hooks.slack.com",)),
    Pattern("discord-token", "a Discord token",
            r"(?i:discord[a-z0-9_ .-]{0,20}(?:token|key)" + GAP + r"|\bBot )(?:Bot )?"
            r"([MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,})", entropy=3.5,
            true=(("DISCORD_", "TOKEN=MT", *MIXED[:3], ".", "Gq7VaW", ".", *MIXED[3:7]),
                  ("Authorization: Bot MT", *MIXED[:3], ".", "Gq7VaW", ".", *MIXED[3:7])),
            keywords=("discord", "bot ")),
    token("discord-webhook", "the URL of a Discord webhook",
          r"https:(?:\\?/){2}(?:[a-z]+\.)?discord(?:app)?\.com\\?/api\\?/(?:v[0-9]+\\?/)?webhooks\\?/[0-9]{15,20}\\?/[A-Za-z0-9_-]{50,}",
          ("https://discord", ".com/api/webhooks/", *DIGITS, "482/", *MIXED[:8]), code="CT602", keywords=("webhooks",)),
    token("telegram-token", "a token of a Telegram bot", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}",
          (*DIGITS[:2], ":", "AA", *MIXED[:4], "q"), keywords=(":AA",)),
    token("sendgrid-key", "a SendGrid key", r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}",
          ("S", "G.", *MIXED[:2], "q7Vaw3", ".", *MIXED[2:7], "RpX"), keywords=("SG.",),
          false=(("S", "G.", "SomeClassNameThatIsLong12"),)),
    no_id("mailgun-key", "a Mailgun key", r"key-[0-9a-f]{32}\b", ("ke", "y-", *HEX[:4]), keywords=("key-",)),
    token("mailchimp-key", "a Mailchimp key", "[0-9a-f]{32}-us[0-9]{1,2}", (*HEX[:4], "-us", "12"), keywords=("-us",)),
    token("resend-key", "a Resend key", r"re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}\b",
          ("r", "e_", MIXED[0], "_", *MIXED[1:4])),
    named("twilio-key", "the id of a Twilio key", r"twilio[a-z0-9_ .-]{0,30}(?:key|sid)", r"SK[0-9a-f]{32}\b",
          ("TWILIO_API_", "KEY=S", "K", *HEX[:4]), weight=Weight.HALF, keywords=("twilio",)),
)  # fmt: skip

MONEY_AND_WATCHING: tuple[Pattern, ...] = (
    token("stripe-key", "a Stripe key", "(?:sk|rk)_(?:live|prod)_[A-Za-z0-9]{16,}", ("sk", "_live_", *MIXED[:3]),
          ("rk", "_live_", *MIXED[:12]), keywords=("k_live_", "k_prod_")),
    token("stripe-test-key", "a Stripe key for tests", "(?:sk|rk)_test_[A-Za-z0-9]{16,}",
          ("sk", "_test_", "51", *MIXED[:12]),
          weight=Weight.HALF, keywords=("k_test_",)),
    token("stripe-publishable-key", "a publishable Stripe key", "pk_(?:live|test)_[A-Za-z0-9]{16,}",
          ("pk", "_live_", *MIXED[:12]),
          weight=Weight.HALF),
    token("stripe-webhook-secret", "the secret of a Stripe webhook", "whsec_[A-Za-z0-9+/=]{24,}",
          ("wh", "sec_", *MIXED[:4])),
    token("shopify-token", "a Shopify token", "shp(?:at|ca|pa|ss)_[0-9A-Fa-f]{32}", ("sh", "pat_", *HEX[:4])),
    token("square-token", "a Square token", r"(?:sq0[a-z]{3}-[A-Za-z0-9_-]{22,43}|EAAA[A-Za-z0-9_-]{60})\b",
          ("sq", "0csp-", *MIXED[:5], "q7V"), entropy=4.0, keywords=("sq0", "EAAA")),
    token("posthog-personal-key", "a personal PostHog key", "phx_[A-Za-z0-9]{30,}", ("ph", "x_", *MIXED[:5], "q7V")),
    token("posthog-project-key", "a PostHog project key", "phc_[A-Za-z0-9]{30,}", ("ph", "c_", *MIXED[:5], "q7V"),
          weight=Weight.HALF),
    token("sentry-token", "a Sentry token", "(?:sntrys_[A-Za-z0-9+/=_-]{40,}|sntryu_[0-9a-f]{64})",
          ("snt", "rys_", "eyJpYXQiO", *MIXED[:8], "=_", *MIXED[:5]),
          ("snt", "ryu_", *HEX), keywords=("sntrys_", "sntryu_")),
    token("grafana-token", "a Grafana token", "glsa_[A-Za-z0-9]{32}_[0-9A-Fa-f]{8}",
          ("gl", "sa_", *MIXED[:4], "_", HEX[0])),
    token("grafana-token", "a Grafana token", "glc_[A-Za-z0-9+/]{32,}={0,3}", ("gl", "c_", *MIXED[:5])),
    token("new-relic-key", "a New Relic key", r"(?:NRAK-[A-Z0-9]{27}|NRJS-[0-9a-f]{19}|NRII-[A-Za-z0-9_-]{32})\b",
          ("NR", "AK-", *UPPER[:3], "Q7X"), keywords=("NRAK-", "NRJS-", "NRII-")),
    token("datadog-client-token", "a Datadog client token", r"pub[0-9a-f]{32}\b", ("pu", "b", *HEX[:4]),
          weight=Weight.HALF),
    named("datadog-key", "a Datadog key", r"(?:dd|datadog)[a-z0-9_ .-]{0,20}key", r"(?:[0-9a-f]{40}|[0-9a-f]{32})\b",
          ("DD_API_", "KEY=", *HEX[:4]), ('"DD-APPLICATION', '-KEY": "', *HEX[:5], '"'),
          ('"ddClient', 'Key": "', *HEX[:4], '"'), keywords=("dd", "datadog"), also=("key",)),
    token("onepassword-token", "a 1Password token", "ops_eyJ[A-Za-z0-9+/=_-]{40,}", ("op", "s_eyJ", *MIXED[:8])),
    token("doppler-token", "a Doppler token",
          r"dp\.(?:pt|st|ct|scim|audit)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}\b",
          ("dp", ".pt.", *MIXED[:5], "q7V"), keywords=("dp.",)),
    token("launchdarkly-key", "a LaunchDarkly key", "sdk-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}",
          ("sd", "k-9f3e7d6c-05b4-4", "8e2-97c6-f5e9d3b2a0f4"), false=(("sdk-", "python-1.2.3-and-more-of-it"),)),
    token("pulumi-token", "a Pulumi token", r"pul-[0-9a-f]{40}\b", ("pu", "l-", *HEX[:5])),
)  # fmt: skip

KEYS: tuple[Pattern, ...] = (
    Pattern(
        "private-key",
        "a private key",
        # The armour, headers such as Proc-Type, and base64 with its line breaks, also as JSON or a URL spells them.
        r"(-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
        r"(?:\s|\\+[nrt]|\\+u000[aAdD]|%0[AaDd])*"
        r"(?:[A-Z][A-Za-z-]+: ?[^\r\n\\]*(?:\s|\\+[nrt])+)*[A-Za-z0-9+/]{16,}"
        r"(?:[A-Za-z0-9+/=\s]|\\+[nrt/]|\\+u00(?:0[aAdD]|2[bBfF]|3[dD])|%0[AaDd]|%2[BbFf]|%3[Dd])*"
        # With dots in its first lines it only stands for one.
        r"(?:\.{3}|…|\\+u2026)?"
        r"(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)?)",
        code="CT606",
        entropy=3.0,
        true=(
            ("-----BEGIN RSA PRIV", "ATE KEY-----\nMIIE", *MIXED[:7], "Q7x\n", *MIXED[7:15], "\n-----END RSA PRIV",
            "ATE KEY-----\n"),
            ("-----BEGIN EC PRIV", "ATE KEY-----\\nMHcC", *MIXED[:7], "\\n", *MIXED[:3], "==\\n-----END EC PRIV",
            "ATE KEY-----\\n"),
            ("-----BEGIN OPENSSH PRIV", "ATE KEY-----\r\nb3Bl", *MIXED[:7], "\r\n", *MIXED[:3],
            "\r\n-----END OPENSSH PRIV", "ATE KEY-----"),
            ("-----BEGIN PRIV", "ATE KEY-----\nMIIE", *MIXED, "\n-----END PRIV", "ATE KEY-----"),
            ("-----BEGIN ENCRYPTED PRIV", "ATE KEY-----\nMIIF", *MIXED, "\n-----END ENCRYPTED PRIV", "ATE KEY-----"),
            ("-----BEGIN RSA PRIV", "ATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,9F\n\n", *MIXED,
            "\n-----END RSA PRIV", "ATE KEY-----"),
            ("-----BEGIN PGP PRIV", "ATE KEY BLOCK-----\nVersion: GnuPG v2\n\nlQOY", *MIXED,
            "\n=Q7xa\n-----END PGP PRIV", "ATE KEY BLOCK-----"),
        ),
        false=(
            ("-----BEGIN PUB", "LIC KEY-----\nMIIB", *MIXED, "\n-----END PUB", "LIC KEY-----"),
            ("-----BEGIN PRIV", "ATE KEY-----\n...\n-----END PRIV", "ATE KEY-----"),
            ("-----BEGIN RSA PRIV", "ATE KEY-----\nMIIEowIBAAKCAQEA...\n-----END RSA PRIV", "ATE KEY-----"),
            ("-----BEGIN RSA PRIV", "ATE KEY-----\\nMIIEowIBAAKCAQEA…\\n-----END RSA PRIV", "ATE KEY-----"),
        ), keywords=("PRIVATE KEY",),
    ),
    Pattern("private-key", "a private key", r"Private-Lines: ?[0-9]{1,4}(?:\s|\\+[rn])+"
            r"([A-Za-z0-9+/](?:[A-Za-z0-9+/=\s]|\\+[rn])*[A-Za-z0-9+/=])(?:\s|\\+[rn])+Private-(?:MAC|Hash)",
            code="CT606", entropy=3.0,
            true=(("Private-", "Lines: 2\n", *MIXED[:8], "\nQ7xW", "\nPrivate-MAC: 9f3e"),
                  ("Private-", "Lines: 1\\r\\n", *MIXED[:7], "\\r\\nPrivate-Hash: 9f3e")),
            keywords=("Private-Lines",)),
    # RFC 7517 and 7518: what of a key is private has other names, and as many characters for a key of any worth.
    Pattern("jwk-private-key", "a part of a private JSON web key",
            r"""\\*["'](?:d|p|q|dp|dq|qi|k)\\*["']\s{0,4}:\s{0,4}\\*["']([A-Za-z0-9_-]{40,})\\*["']""",
            code="CT606", entropy=3.5, keywords=("kty",),
            true=(('{"kty": "OKP", "crv": "Ed25519", "', 'd": "', *MIXED[:5], 'Q7x"}'),
                  ('{"a":"{\\"k', 'ty\\":\\"oct\\",\\"k\\":\\"', *MIXED[:5], 'Q7x\\"}"}')),
            false=(('{"kty": "RSA", "n": "', *MIXED, '", "e": "AQAB"}'), ('{"d": "', *MIXED[:5], 'Q7x"}'))),
    token("age-key", "an age secret key", "AGE-SECRET-KEY-1[0-9A-Z]{58}",
          ("AGE-SECRET", "-KEY-1", *UPPER, *UPPER[:3], "Q7"),
          code="CT606"),
    # Also where it has expired: that says nothing of what else was recorded with it. The first characters are a JSON
    # object's in base64; the third part may be empty (alg none), or be followed by two more (an encrypted one).
    token("jwt", "a JSON web token", r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){1,3}",
          ("ey", "JhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", ".", "ey", "JzdWIiOiI0ODI3MTkzNjA1In0", ".", *MIXED[:5], "q7V"),
          entropy=3.5, false=(("ey", "JwYWdlIjoyLCJjdXJzb3IiOiI0ODI3MTkzNjA1In0"),
                              ("ey", "JhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9", ".ey", "JzdWIiOiIxMjM0NTY3ODkwIiwi",
                               "bmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"))),
)  # fmt: skip
