"""`python -m checks`: all of them at once, their reports in order; the exit code is 1 if anything is to mend.

What could not be checked is left for the last line of `make check`, which runs other checks at the same time: in the
middle of their lines nobody would see it.
"""

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from checks.code import check_with_bandit
from checks.packages import check_with_pip_audit
from checks.report import ROOT, Report
from checks.template import check_with_cfn_lint, check_with_checkov

CHECKS = (check_with_checkov, check_with_cfn_lint, check_with_bandit, check_with_pip_audit)
CONCLUSION = ROOT / ".local" / "checks" / "conclusion"


def main() -> int:
    """Run the checks, print what they say, and note the last line."""
    with ThreadPoolExecutor() as pool:
        reports = list(pool.map(lambda check: check(), CHECKS))
    sys.stdout.writelines(f"{report}\n" for report in reports if report.known or report.failures)
    CONCLUSION.write_text(conclusion(reports) + "\n", encoding="utf-8")
    return int(any(report.failures for report in reports))


def conclusion(reports: Sequence[Report]) -> str:
    """The line for the case that nothing is to mend: that all was checked, or what was not."""
    unknown = [str(report) for report in reports if not report.known]
    return f"All else passed. {' '.join(unknown)}" if unknown else "All checks passed."


if __name__ == "__main__":
    sys.exit(main())
