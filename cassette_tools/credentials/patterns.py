"""Every kind of credential that the tool knows: of two that find the same characters, the first wins."""

from cassette_tools.credentials.announced import HEADERS, IN_URLS, NAMED
from cassette_tools.credentials.identities import ACCOUNTS, PERSONS
from cassette_tools.credentials.in_json import STRINGS
from cassette_tools.credentials.model_apis import BY_NAME, OPENAI_AND_ITS_KIND, OTHERS
from cassette_tools.credentials.pattern import Pattern
from cassette_tools.credentials.platforms import CLOUDS, CODE, KEYS, MESSAGES, MONEY_AND_WATCHING

PATTERNS: tuple[Pattern, ...] = (
    *OPENAI_AND_ITS_KIND,
    *OTHERS,
    *CLOUDS,
    *CODE,
    *MESSAGES,
    *MONEY_AND_WATCHING,
    *KEYS,
    *BY_NAME,
    *IN_URLS,
    *HEADERS,
    *NAMED,
    *STRINGS,
    *ACCOUNTS,
    *PERSONS,
)
