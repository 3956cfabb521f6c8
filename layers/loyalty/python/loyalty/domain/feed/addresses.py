"""Where webhooks may lead: to public addresses over https, never into a network that only we can reach."""

import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit

MAX_URL_LENGTH = 2048

_HTTPS = 443
_HTTP = 80
_MAX_PORT = 65535


class Target(NamedTuple):
    """What a URL names: where to connect, and what to ask for there."""

    host: str
    port: int
    path: str
    is_encrypted: bool

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (_HTTPS if self.is_encrypted else _HTTP) else f"{host}:{self.port}"


def target_of(url: str, *, loopback: bool) -> Target:
    """What the URL names. Raises ValueError, whose text says why it cannot be a webhook's.

    With `loopback`, which only a stack on one machine has, it may be http.
    """
    if len(url) > MAX_URL_LENGTH or not (url.isascii() and url.isprintable()) or " " in url or "\\" in url:
        raise ValueError(f"must be printable ASCII without blanks, {MAX_URL_LENGTH} characters at most")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("must be a URL such as https://example.com/hooks") from None
    if parts.scheme != "https" and not (loopback and parts.scheme == "http"):
        raise ValueError("must begin with https://")
    if not host or port == 0 or (port or _HTTPS) > _MAX_PORT:
        raise ValueError("must be a URL such as https://example.com/hooks")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not have a name or a password; receivers check the signature")
    if parts.fragment:
        raise ValueError("must not have a fragment: no receiver sees it")
    is_encrypted = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    refuse_address_in(host, loopback=loopback)
    return Target(host, port or (_HTTPS if is_encrypted else _HTTP), path, is_encrypted)


def refuse_address_in(host: str, *, loopback: bool) -> None:
    """Raise ValueError if the host of a URL is itself an address that is not public."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return
    if not is_allowed(host, loopback=loopback):
        raise ValueError("must not lead to a private, local or reserved address")


def is_allowed(address: str, *, loopback: bool) -> bool:
    """Whether a webhook may connect to that address: a public one, or if `loopback` is set this machine's own.

    Not private, link-local (where clouds answer with credentials), shared, multicast or reserved; nor any that embeds
    an IPv4 address, as the prefixes for that lead to where the inner one does.
    """
    found = ipaddress.ip_address(address)
    if loopback and found.is_loopback:
        return True
    is_unicast = found.is_global and not found.is_multicast and not found.is_reserved
    if isinstance(found, ipaddress.IPv6Address):
        embeds = found.ipv4_mapped or found.sixtofour or found.teredo or found.is_site_local
        return is_unicast and not embeds
    return is_unicast and found not in _RELAYS


_RELAYS = ipaddress.ip_network("192.88.99.0/24")  # of IPv6 over IPv4, out of use
