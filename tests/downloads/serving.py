"""A web server on this machine that misbehaves as told, one answer after the other."""

import hashlib
import http.server
import threading
from collections import deque


class Server:
    """Serves one file; each request takes the next way to answer, and the last one stays.

    Attributes:
        url: Address of the file.
        asked: ``(Range, If-Range)`` of every request.
        release: Set at the end: lets answers go that hang.
    """

    def __init__(self, data):
        self.data, self.asked, self.release = data, [], threading.Event()
        self.ways = deque([whole])
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                server.asked.append((self.headers["Range"], self.headers["If-Range"]))
                way = server.ways.popleft() if len(server.ways) > 1 else server.ways[0]
                way(self, server)

            def log_message(self, *_):
                pass

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_port}/weights.h5"
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def tag(self):
        """The strong ETag of what is served now."""
        return f'"{hashlib.sha256(self.data).hexdigest()[:16]}"'

    def then(self, *ways):
        """Answer the next requests in these ways; the last one stays."""
        self.ways = deque(ways)
        return self

    def close(self):
        self.release.set()
        self._http.shutdown()
        self._http.server_close()


def _send(handler, status, body, headers, length=None):
    handler.send_response(status)
    handler.send_header("Content-Length", str(len(body) if length is None else length))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
    handler.wfile.flush()


def whole(handler, server):
    """As a good server: the rest of the very file that was asked for, else all of it."""
    wanted, known = handler.headers["Range"], handler.headers["If-Range"]
    if wanted is None or known != server.tag:
        return _send(handler, 200, server.data, {"ETag": server.tag})
    return rest(handler, server)


def rest(handler, server):
    """The rest that was asked for, whatever ``If-Range`` says."""
    first, size = int(handler.headers["Range"][len("bytes=") : -1]), len(server.data)
    if first >= size:
        return _send(handler, 416, b"", {"Content-Range": f"bytes */{size}"})
    said = {"ETag": server.tag, "Content-Range": f"bytes {first}-{size - 1}/{size}"}
    return _send(handler, 206, server.data[first:], said)


def all_of_it(handler, server):
    """Knows no ``Range``."""
    _send(handler, 200, server.data, {"ETag": server.tag})


def nameless(handler, server):
    """Gives nothing that tells one version from another, and cuts in the middle."""
    _send(handler, 200, server.data[: len(server.data) // 2], {}, len(server.data))


def cut(handler, server):
    """Breaks off in the middle."""
    half = server.data[: len(server.data) // 2]
    _send(handler, 200, half, {"ETag": server.tag}, len(server.data))


def stall(handler, server):
    """Sends the half and then nothing more, and keeps the line open."""
    cut(handler, server)
    server.release.wait(60)


def promises(length):
    """Says that it will send so many bytes, and sends all there are."""
    return lambda handler, server: _send(
        handler, 200, server.data, {"ETag": server.tag}, length(len(server.data))
    )


def refuses(status):
    return lambda handler, server: _send(handler, status, b"no", {})
