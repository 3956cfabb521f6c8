"""GET /docs: the API reference as one page, for anyone, without a key."""

from pathlib import Path

from loyalty.http import HTML, published

_FOLDER = Path(__file__).parent

handler = published(
    (_FOLDER / "reference.html").read_text(encoding="utf-8"),
    max_age=300,
    media_type=HTML,
    policy=(_FOLDER / "policy.txt").read_text(encoding="utf-8").strip(),
)
