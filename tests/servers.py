"""Servers on loopback: a hub of models, networks without one, endpoints of embeddings."""

import hashlib
import json
import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from http.client import parse_headers
from http.server import ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def _serving(respond, pause=0.0, suffix=""):
    """Send the bytes ``respond(path, headers, body)``; yield the address and the suffix."""

    class Handler(StreamRequestHandler):
        def handle(self):
            if not (request := self.rfile.readline().decode().split()):
                return
            headers = parse_headers(self.rfile)
            body = self.rfile.read(int(headers["Content-Length"] or 0))
            sent = respond(request[1], headers, body)
            if sent is None:  # a connection that is closed with this option is reset
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                return
            with suppress(OSError):
                for part in (sent[n : n + 1] for n in range(len(sent))) if pause else [sent]:
                    self.connection.sendall(part)
                    time.sleep(pause)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{suffix}"
        server.shutdown()


def reply(status, body=b"{}", **headers):
    """Return the bytes of an answer."""
    lines = {"Content_Length": len(body), "Connection": "close"} | headers
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Status\r\n{head}\r\n".encode() + body


def speaking(answer, pause=0.0):
    """Send the bytes ``answer(path)``, with a pause after each, and hang up; None: reset."""
    return _serving(lambda path, *_: answer(path), pause)


def login_page():
    """Answer everything with a login page, as local networks do; yield the address."""
    return speaking(lambda path: reply(200, b"<html>Please log in</html>"))


def redirecting(target):
    """Redirect every request to ``target``; yield the address."""
    return speaking(lambda path: reply(307, b"", Location=f"{target}{path}"))


def answering(answer):
    """Serve ``answer(texts, headers) -> (status, body)``; yield the address."""

    def respond(path, headers, sent):
        status, body = answer(json.loads(sent)["input"], headers)
        page = isinstance(body, bytes)
        kind = "text/html" if page else "application/json"
        return reply(status, body if page else json.dumps(body).encode(), Content_Type=kind)

    return _serving(respond, suffix="/v1")


def serving(models: dict[str, Path]):
    """Serve {hub id: folder}; yield the address."""

    def answer(path):
        path = path.split("?")[0]
        hub_id = "/".join(path.removeprefix("/api/models").split("/")[1:3])
        if hub_id not in models:
            return reply(404, b'{"error": "no repository"}', X_Error_Code="RepoNotFound")
        folder = models[hub_id]
        if path.startswith("/api/models/"):
            names = [f.relative_to(folder).as_posix() for f in folder.rglob("*") if f.is_file()]
            page = {"_id": "1", "id": hub_id, "modelId": hub_id, "sha": COMMIT}
            page["siblings"] = [{"rfilename": name} for name in names]
            tree = [{"type": "file", "path": name, "size": 0, "oid": ""} for name in names]
            body = json.dumps(tree if "/tree/" in path else page).encode()
        else:
            file = folder / path.split("/", 5)[5]  # /org/name/resolve/revision/file
            if not file.is_file():
                return reply(404, b'{"error": "no entry"}', X_Error_Code="EntryNotFound")
            body = file.read_bytes()
        tag = f'"{hashlib.sha256(body).hexdigest()}"'
        return reply(200, body, ETag=tag, X_Repo_Commit=COMMIT)

    return speaking(answer)


@contextmanager
def hanging():
    """Accept connections and never answer; yield the address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
