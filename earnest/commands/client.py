"""A stack as its clients see it: a URL and a key, wherever it runs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from earnest.errors import Refusal
from loyalty import json as exact

type Document = dict[str, Any]

_TIMEOUT = 60.0
_PAGE = "100"


@dataclass(frozen=True)
class Address:
    """Where a stack is, the key to it, and the brand of the key if that is known."""

    url: str
    key: str
    brand_id: str | None = None

    @classmethod
    def of(cls, url: str | None, key: str | None, brand: str | None, card: Path) -> Self:
        """Return what was said, completed from the card of the stack on this machine if there is one.

        Raises Refusal if URL or key are still missing: a key is never sent to a URL that it was not given for.
        """
        if url and key:
            return cls(url.rstrip("/"), key, brand)
        if url or key:
            raise Refusal("--url and --key (or EARNEST_URL and EARNEST_KEY) belong together: give both, or neither.")
        if not card.exists():
            raise Refusal("Which stack? Give --url and --key (or EARNEST_URL and EARNEST_KEY), or start one: make run.")
        local = json.loads(card.read_text(encoding="utf-8"))
        brands = local["brands"]
        chosen = brand or next(iter(brands))
        if chosen not in brands:
            raise Refusal(f"The stack on this machine has no brand {chosen}; it has {', '.join(brands)}.")
        return cls(local["base_url"], brands[chosen]["admin_key"], chosen)


@dataclass(frozen=True)
class Answer:
    """What the stack said."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def refusal(self) -> str:
        """Return its own words for a refusal, or what there is of them."""
        body = self.body if isinstance(self.body, dict) else {}
        return f"{self.status} {body.get('code', '')}: {body.get('message', 'no explanation')}".replace(" :", ":")


class Stack:
    """Calls to a stack; safe to share between threads."""

    def __init__(self, address: Address) -> None:
        self.address = address
        headers = {"Authorization": f"Bearer {address.key}"}
        self._http = httpx.Client(base_url=address.url, headers=headers, timeout=_TIMEOUT, trust_env=False)

    def __enter__(self) -> Self:
        """Return itself; leaving closes its connections."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the connections."""
        self._http.close()

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Return the answer, whatever it is. Raises httpx.HTTPError if there is none."""
        content = None if body is None else exact.dumps(body).encode()
        said = {"Content-Type": "application/json"} if content is not None else {}
        answer = self._http.request(
            method, path, content=content, params=dict(query or {}), headers={**said, **(headers or {})}
        )
        try:
            read = exact.loads(answer.text) if answer.text else None
        except ValueError:
            read = None
        return Answer(answer.status_code, answer.headers, read)

    def ask(self, method: str, path: str, body: object = None, *, query: Mapping[str, str] | None = None) -> Any:
        """Return the body of a good answer. Raises Refusal with the stack's words for any other."""
        try:
            answer = self.send(method, path, body, query=query)
        except httpx.HTTPError as error:
            raise Refusal(f"{self.address.url} does not answer: {error}") from None
        if not 200 <= answer.status < 300:
            raise Refusal(f"{method} {path} was answered {answer.refusal}")
        return answer.body

    def everything(self, path: str) -> Iterator[Document]:
        """Yield a whole list, page by page."""
        query = {"limit": _PAGE}
        while True:
            page = self.ask("GET", path, query=query)
            yield from page["data"]
            if page["next_cursor"] is None:
                return
            query["cursor"] = page["next_cursor"]


def place(*parts: str) -> str:
    """Return a path whose parts may hold anything."""
    return "".join("/" + quote(part, safe="") for part in parts)
