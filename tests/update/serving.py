"""A web server for a repository: a plain one that knows pieces, and that can be told to misbehave."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Server:
    """What it serves and how."""

    folder: Path
    url: str = ""
    endless: str | None = None
    """What ends so never ends."""
    breaks_after: int | None = None
    """Bytes after which the connection is cut."""
    knows_pieces: bool = True
    away: bool = False
    instead: dict[str, bytes] = field(default_factory=dict)
    """Bodies in place of files, by the end of the path."""
    asked: list[tuple[str, str]] = field(default_factory=list)
    """Paths, each with the range that was asked for."""


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    server = Server(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append((self.path, wanted := self.headers.get("Range", "")))
            file = server.folder / self.path.lstrip("/")
            body = next((body for end, body in server.instead.items() if self.path.endswith(end)), None)
            if server.away:
                self.send_error(503)
                return
            if body is None and not file.is_file():
                self.send_error(404)
                return
            body = file.read_bytes() if body is None else body
            found = re.fullmatch(r"bytes=(\d+)-(\d+)", wanted) if server.knows_pieces else None
            if found:
                first, last = int(found[1]), int(found[2])
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {first}-{last}/{len(body)}")
                body = body[first : last + 1]
            else:
                self.send_response(200)
            self._send(body)

        def _send(self, body: bytes) -> None:
            endless = server.endless is not None and self.path.endswith(server.endless)
            if not endless:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):
                if endless:
                    while True:
                        self.wfile.write(bytes(65536))
                self.wfile.write(body[: server.breaks_after])
            if server.breaks_after is not None:
                self.close_connection = True

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{listener.server_port}/"
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()
