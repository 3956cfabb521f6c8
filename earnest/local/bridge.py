"""A way from a docker network to what listens on this machine's loopback, and from nowhere else."""

import contextlib
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socket import SHUT_WR, create_connection, socket

_CHUNK = 65536


@contextmanager
def bridge(address: str, port: int) -> Iterator[str]:
    """The `host:port` on that address of this machine which is the loopback's port while the context lasts."""

    class Passing(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with create_connection(("127.0.0.1", port)) as target:
                back = threading.Thread(target=_copy, args=(target, self.request), daemon=True)
                back.start()
                _copy(self.request, target)
                back.join()

    with _Server((address, 0), Passing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"{address}:{server.server_address[1]}"
        server.shutdown()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    # A container that was stopped may have left its end open.
    block_on_close = False


def _copy(source: socket, target: socket) -> None:
    with contextlib.suppress(OSError):
        while chunk := source.recv(_CHUNK):
            target.sendall(chunk)
        target.shutdown(SHUT_WR)
