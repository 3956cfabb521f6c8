"""`python -m checks`: all of them at once, their reports in order; the exit code is 1 if anything is to mend."""

import sys
from concurrent.futures import ThreadPoolExecutor

from checks.code import check_with_bandit
from checks.packages import check_with_pip_audit
from checks.template import check_with_cfn_lint, check_with_checkov

CHECKS = (check_with_checkov, check_with_cfn_lint, check_with_bandit, check_with_pip_audit)


def main() -> int:
    """Run the checks and print what they say."""
    with ThreadPoolExecutor() as pool:
        reports = list(pool.map(lambda check: check(), CHECKS))
    sys.stdout.writelines(f"{report}\n" for report in reports)
    return int(any(report.failures for report in reports))


if __name__ == "__main__":
    sys.exit(main())
