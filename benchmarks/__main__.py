"""`python -m benchmarks [name…]`: measure, show, and write docs/figures.md."""

import argparse

from rich.console import Console

from benchmarks import campaigns, capacity, cost, edges, feed, flood, heat, init, memory, report, rules, warm

BENCHMARKS = {
    "campaigns": campaigns.measure,
    "capacity": capacity.measure,
    "edges": edges.measure,
    "feed": feed.measure,
    "flood": flood.measure,
    "heat": heat.measure,
    "init": init.measure,
    "memory": memory.measure,
    "rules": rules.measure,
    "warm": warm.measure,
}
PROFILES = {"init": init.profile, "warm": warm.profile}


def main() -> None:
    """Run the benchmarks that were named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"{', '.join(BENCHMARKS)}; all if none is named")
    parser.add_argument("--profile", action="store_true", help="show where the time goes instead of measuring it")
    arguments = parser.parse_args()
    if unknown := set(arguments.names) - set(BENCHMARKS):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; there are {', '.join(BENCHMARKS)}")
    console = Console()
    names = [name for name in BENCHMARKS if name in arguments.names or not arguments.names]
    if arguments.profile:
        for name in names:
            if name in PROFILES:
                PROFILES[name](console)
        return
    for name in names:
        tables = BENCHMARKS[name](console)
        for table in tables:
            table.show(console)
        report.write({name: tables})
    cost.write()
    console.print(f"Written to {report.FIGURES.relative_to(report.FIGURES.parent.parent)}")


if __name__ == "__main__":
    main()
