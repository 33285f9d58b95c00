"""CT001: stale-baseline-entry."""

from cassette_tools.finding import Severity
from cassette_tools.rules.base import Rule


class StaleBaselineEntry(Rule):
    """An entry of the baseline whose finding is gone.

    ## What it does

    Reports an entry of the baseline for a cassette that was checked, or that does not exist any more, when nothing was
    found there that the entry stands for. Entries of files that this run did not look at are left alone.

    ## Why it matters

    An entry that hides nothing today hides the same mistake when it comes back. A baseline should only get shorter.

    ## Example

    ```yaml
    # A baseline written while a recording was cut short, and used after it was recorded again.
    ```

    ## Use instead

    ```yaml
    # The baseline written once more: cassette-tools lint --write-baseline cassette-baseline.json testdata/
    ```

    ## Configuration

    `severity`, as for every rule.
    """

    code = "CT001"
    name = "stale-baseline-entry"
    severity = Severity.WARNING
    since = "0.1.0"
