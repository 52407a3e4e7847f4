"""A proxy in front of the service that counts what it is asked for, and can hold answers back."""

import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OWN = {"host", "connection", "content-length", "transfer-encoding", "date", "server"}


class Proxy(ThreadingHTTPServer):
    """`asked` has the path and the wanted media type of each request; `go` lets answers pass."""

    daemon_threads = True

    def __init__(self, service):
        super().__init__(("127.0.0.1", 0), Handler)
        self.service = service
        self.asked = []
        self.go = threading.Event()
        self.go.set()
        self.address = f"http://127.0.0.1:{self.server_address[1]}"

    def count(self, media_type):
        return sum(kind == media_type for _, kind in self.asked)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        self.forward(self.rfile.read(int(self.headers["Content-Length"])))

    def do_GET(self):
        self.forward(None)

    def forward(self, body):
        self.server.asked.append((self.path, self.headers["Accept"]))
        if body is not None:
            self.server.go.wait()
        headers = {name: value for name, value in self.headers.items() if name.lower() not in OWN}
        request = urllib.request.Request(self.server.service + self.path, body, headers)
        try:
            try:
                with urllib.request.urlopen(request) as answer:
                    self.answer(answer)
            except urllib.error.HTTPError as refusal:
                self.answer(refusal)
        except ConnectionError:  # ImageJ did not wait for the answer
            pass

    def answer(self, answer):
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in OWN:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@contextmanager
def counting(service):
    """A running Proxy of the service."""
    with Proxy(service) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy
        proxy.go.set()
        proxy.shutdown()
