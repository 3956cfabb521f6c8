"""GET /: the console as one page, for anyone; whoever wants to see anything in it brings a key."""

from pathlib import Path

from loyalty.http import HTML, published

_FOLDER = Path(__file__).parent

handler = published(
    (_FOLDER / "console.html").read_text(encoding="utf-8"),
    max_age=300,
    media_type=HTML,
    policy=(_FOLDER / "policy.txt").read_text(encoding="utf-8").strip(),
)
