"""An HTTP client of a stack, wherever it runs: its URL, an API key, and errors in the stack's own words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from earnest.errors import CommandError
from loyalty import json as exact

type Document = dict[str, Any]

_TIMEOUT = 60.0
_PAGE = "100"


@dataclass(frozen=True)
class Connection:
    """A stack's URL, an API key of it, and the key's brand if it is known."""

    url: str
    key: str
    brand_id: str | None = None

    @classmethod
    def of(cls, url: str | None, key: str | None, brand: str | None, connection_file: Path) -> Self:
        """Return a connection to the URL with the key, or to the stack on this machine if neither is given.

        Raises CommandError if only one of the two is given, so that a key is never sent to a URL that it was not meant
        for, or if no stack runs here.
        """
        if url and key:
            return cls(url.rstrip("/"), key, brand)
        if url or key:
            raise CommandError(
                "--url and --key (or EARNEST_URL and EARNEST_KEY) belong together: give both, or neither."
            )
        if not connection_file.exists():
            raise CommandError(
                "Which stack? Give --url and --key (or EARNEST_URL and EARNEST_KEY), or start one: make run."
            )
        local = json.loads(connection_file.read_text(encoding="utf-8"))
        brands = local["brands"]
        chosen = brand or next(iter(brands))
        if chosen not in brands:
            raise CommandError(f"The stack on this machine has no brand {chosen}; it has {', '.join(brands)}.")
        return cls(local["base_url"], brands[chosen]["admin_key"], chosen)


@dataclass(frozen=True)
class Response:
    """The stack's answer to a call."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def error(self) -> str:
        """The status, code and message of an error response."""
        body = self.body if isinstance(self.body, dict) else {}
        return f"{self.status} {body.get('code', '')}: {body.get('message', 'no explanation')}".replace(" :", ":")


class ApiClient:
    """A client of one stack, which threads may share."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        headers = {"Authorization": f"Bearer {connection.key}"}
        self._http = httpx.Client(base_url=connection.url, headers=headers, timeout=_TIMEOUT, trust_env=False)

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
    ) -> Response:
        """Return the response, whatever its status. Raises httpx.HTTPError if there is none."""
        content = None if body is None else exact.dumps(body).encode()
        content_type = {"Content-Type": "application/json"} if content is not None else {}
        answer = self._http.request(
            method, path, content=content, params=dict(query or {}), headers={**content_type, **(headers or {})}
        )
        try:
            read = exact.loads(answer.text) if answer.text else None
        except ValueError:
            read = None
        return Response(answer.status_code, answer.headers, read)

    def request(self, method: str, path: str, body: object = None, *, query: Mapping[str, str] | None = None) -> Any:
        """Return the body of a 2xx response. Raises CommandError for any other, or if there is none."""
        try:
            response = self.send(method, path, body, query=query)
        except httpx.HTTPError as error:
            raise CommandError(f"{self.connection.url} does not answer: {error}") from None
        if not 200 <= response.status < 300:
            raise CommandError(f"{method} {path} was answered {response.error}")
        return response.body

    def list_all(self, path: str) -> Iterator[Document]:
        """Yield every item of a list endpoint, reading it page by page."""
        query = {"limit": _PAGE}
        while True:
            page = self.request("GET", path, query=query)
            yield from page["data"]
            if page["next_cursor"] is None:
                return
            query["cursor"] = page["next_cursor"]


def path_of(*parts: str) -> str:
    """Return the path of these segments, each of which may contain any characters."""
    return "".join("/" + quote(part, safe="") for part in parts)
