"""Servers on loopback: a hub of models, networks without one, endpoints of embeddings."""

import hashlib
import json
import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler

COMMIT = "0123456789abcdef0123456789abcdef01234567"
_NO_MODEL, _NO_FILE = {"X-Error-Code": "RepoNotFound"}, {"X-Error-Code": "EntryNotFound"}


@contextmanager
def serving(models: dict[str, Path]):
    """Serve {hub id: folder}; yield the address."""

    class Hub(_Quiet):
        def do_GET(self):
            path = self.path.split("?")[0]
            hub_id = "/".join(path.removeprefix("/api/models").split("/")[1:3])
            if hub_id not in models:
                self.answer(404, b'{"error": "Repository not found"}', _NO_MODEL)
            elif path.startswith("/api/models/"):
                files = [file for file in models[hub_id].rglob("*") if file.is_file()]
                names = [file.relative_to(models[hub_id]).as_posix() for file in files]
                page = {"_id": "1", "id": hub_id, "modelId": hub_id, "sha": COMMIT}
                page["siblings"] = [{"rfilename": name} for name in names]
                tree = [{"type": "file", "path": name, "size": 0, "oid": ""} for name in names]
                self.answer(200, json.dumps(tree if "/tree/" in path else page).encode())
            else:
                file = models[hub_id] / path.split("/", 5)[5]  # /org/name/resolve/revision/file
                if file.is_file():
                    self.answer(200, file.read_bytes())
                else:
                    self.answer(404, b'{"error": "Entry not found"}', _NO_FILE)

        do_HEAD = do_GET

    with _running(Hub) as address:
        yield address


@contextmanager
def login_page():
    """Answer everything as the login page of a local network does; yield the address."""

    class LoginPage(_Quiet):
        def do_GET(self):
            self.answer(200, b"<html>Please log in</html>")

    with _running(LoginPage) as address:
        yield address


@contextmanager
def answering(answer):
    """Serve ``answer(texts, headers) -> (status, body)``; yield the address."""

    class Endpoint(_Quiet):
        def do_POST(self):
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = answer(request["input"], self.headers)
            page = isinstance(body, bytes)
            kind = "text/html" if page else "application/json"
            self.answer(status, body if page else json.dumps(body).encode(), {"Content-Type": kind})

    with _running(Endpoint) as address:
        yield f"{address}/v1"


@contextmanager
def redirecting(target):
    """Redirect every request to ``target``; yield the address."""

    class Redirect(_Quiet):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer(307, b"", {"Location": f"{target}{self.path.removeprefix('/v1')}"})

    with _running(Redirect) as address:
        yield f"{address}/v1"


@contextmanager
def speaking(answer, pause=0.0):
    """Send any bytes, ``answer(path)``, with a pause after each, and hang up; yield the address.

    None resets the connection.
    """

    class Speaker(StreamRequestHandler):
        def handle(self):
            path = self.rfile.readline().split(b" ")[1:2]
            while self.rfile.readline().strip():
                pass
            sent = answer(*(each.decode() for each in path)) if path else b""
            if sent is None:  # a connection that is closed with this option is reset
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return
            with suppress(OSError):
                for part in (sent[n : n + 1] for n in range(len(sent))) if pause else [sent]:
                    self.connection.sendall(part)
                    time.sleep(pause)

    with _running(Speaker) as address:
        yield address


def reply(status, body=b"{}", **headers):
    """Return the bytes of an answer."""
    lines = {"Content_Length": len(body), "Connection": "close"} | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body


@contextmanager
def hanging():
    """Accept connections and never answer; yield the address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


class _Quiet(BaseHTTPRequestHandler):
    def answer(self, status, body, headers=()):
        usual = {"ETag": f'"{hashlib.sha256(body).hexdigest()}"', "X-Repo-Commit": COMMIT}
        self.send_response(status)
        for name, value in ({"Content-Length": len(body)} | usual | dict(headers)).items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@contextmanager
def _running(handler):
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
