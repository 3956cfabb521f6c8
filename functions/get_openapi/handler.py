"""GET /openapi.json: this API in OpenAPI 3.1, for anyone, without a key."""

from pathlib import Path

from loyalty.http import published

handler = published(Path(__file__).with_name("openapi.json").read_text(encoding="utf-8"), max_age=300)
