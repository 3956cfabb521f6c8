"""What points have done in a time, as rows of a table and as a picture: SVG, which needs nothing, or PNG."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from html import escape
from io import BytesIO
from typing import Any

from earnest.commands.client import ApiClient
from earnest.paths import analysis_module

type Report = Mapping[str, Any]

COLUMNS = ("granted", "adjusted", "redeemed", "expired", "reversed")
_COLORS = {"granted": "#2e7d32", "redeemed": "#1565c0", "expired": "#c62828"}
_WIDTH, _HEIGHT, _LEFT, _BELOW, _GAP = 960, 320, 80, 60, 0.25


def fetch_report(stack: ApiClient, first: str, last: str, resolution: str) -> Report:
    """The report of those days. Raises CommandError if the stack refuses it."""
    query = {"from": first, "to": last, "resolution": resolution}
    report: Report = stack.request("GET", "/reports/points", query=query)["data"]
    return report


def rows(report: Report) -> Iterator[tuple[str, ...]]:
    """A row for each reward and period, with what is outstanding of the reward in its last one."""
    for reward in report["rewards"]:
        for period in reward["periods"]:
            amounts = (f"{Decimal(period[name]):f}" for name in COLUMNS)
            yield (reward["reward_id"], period["period"], *amounts, "")
        yield (reward["reward_id"], "now", *[""] * len(COLUMNS), f"{Decimal(reward['outstanding']):f}")


def campaign_rows(report: Report) -> Iterator[tuple[str, ...]]:
    """A row for each campaign and reward: what it has granted, and what was redeemed of that."""
    for campaign in report["campaigns"]:
        sums = (
            sum((Decimal(period[name]) for period in campaign["periods"]), Decimal(0))
            for name in ("granted", "redeemed")
        )
        yield (campaign["campaign_id"], campaign["reward_id"], *(f"{amount:f}" for amount in sums))


def plot_png(report: Report) -> bytes:
    """The same picture as PNG. Raises CommandError if matplotlib is not installed."""
    matplotlib = analysis_module("matplotlib.figure", "A picture as .png")
    charts = [reward for reward in report["rewards"] if reward["periods"]]
    figure = matplotlib.Figure(figsize=(_WIDTH / 100, max(1, len(charts)) * (_HEIGHT + _BELOW) / 100), layout="tight")
    for i, reward in enumerate(charts):
        axes = figure.add_subplot(len(charts), 1, i + 1)
        names = [period["period"] for period in reward["periods"]]
        width = (1 - _GAP) / len(_COLORS)
        for j, (name, color) in enumerate(_COLORS.items()):
            heights = [float(Decimal(period[name])) for period in reward["periods"]]
            axes.bar([at + j * width for at in range(len(names))], heights, width, label=name, color=color)
        shown = range(0, len(names), -(-len(names) // 8))
        axes.set_xticks([at + width for at in shown], [names[at] for at in shown])
        axes.set_title(reward["reward_id"], loc="left", parse_math=False)
        axes.grid(axis="y", color="#ddd")
        axes.set_axisbelow(True)
        axes.legend(ncols=len(_COLORS), loc="lower right", bbox_to_anchor=(1, 1), frameon=False)
    drawn = BytesIO()
    figure.savefig(drawn, format="png", dpi=200)
    return drawn.getvalue()


def plot(report: Report) -> str:
    """A picture (SVG) for each reward, one below the other: what was granted, redeemed and expired in each period."""
    charts = [_chart(reward, i * (_HEIGHT + _BELOW)) for i, reward in enumerate(report["rewards"]) if reward["periods"]]
    height = max(1, len(charts)) * (_HEIGHT + _BELOW)
    style = '<style>text{font:12px sans-serif;fill:#222}</style><rect width="100%" height="100%" fill="#fff"/>'
    box = f'width="{_WIDTH}" height="{height}" viewBox="0 0 {_WIDTH} {height}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{style}{"".join(charts)}</svg>\n'


def _chart(reward: Mapping[str, Any], top: int) -> str:
    periods: Sequence[Mapping[str, Any]] = reward["periods"]
    most = max((Decimal(period[name]) for period in periods for name in _COLORS), default=Decimal(0)) or Decimal(1)
    room, base = _HEIGHT - 40, top + _HEIGHT
    step = (_WIDTH - _LEFT - 20) / len(periods)
    bar = step * (1 - _GAP) / len(_COLORS)
    parts = [f'<text x="{_LEFT}" y="{top + 20}">{escape(reward["reward_id"])}</text>']
    parts += [
        f'<text x="{_LEFT + 200 + 100 * i}" y="{top + 20}" style="fill:{color}">{name}</text>'
        for i, (name, color) in enumerate(_COLORS.items())
    ]
    parts += [
        f'<text x="{_LEFT - 8}" y="{base - float(share) * room + 4:.1f}" text-anchor="end">{share * most:g}</text>'
        f'<line x1="{_LEFT}" x2="{_WIDTH - 20}" y1="{base - float(share) * room:.1f}" '
        f'y2="{base - float(share) * room:.1f}" stroke="#ddd"/>'
        for share in (Decimal(0), Decimal("0.5"), Decimal(1))
    ]
    every = -(-len(periods) // 12)
    for i, period in enumerate(periods):
        left = _LEFT + i * step
        for j, (name, color) in enumerate(_COLORS.items()):
            tall = max(0.0, float(Decimal(period[name]) / most)) * room
            title = f"<title>{escape(period['period'])} {name}: {Decimal(period[name]):f}</title>"
            place = f'x="{left + j * bar:.1f}" y="{base - tall:.1f}" width="{bar:.1f}" height="{tall:.1f}"'
            parts.append(f'<rect {place} fill="{color}">{title}</rect>')
        if i % every == 0:
            parts.append(f'<text x="{left:.1f}" y="{base + 18}">{escape(period["period"])}</text>')
    return "".join(parts)
