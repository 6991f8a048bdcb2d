"""An S3-compatible server on loopback, and a proxy before it that fails as it is told."""

import contextlib
import http.client
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from moto.server import ThreadedMotoServer

HOST = "127.0.0.1"


@contextlib.contextmanager
def s3():
    """A server; yields its port."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address=HOST, port=0, verbose=False)
    server.start()
    try:
        yield server.get_host_and_port()[1]
    finally:
        server.stop()


def options(port, **more):
    """Options of a store there."""
    return {
        "aws_endpoint": f"http://{HOST}:{port}",
        "aws_allow_http": True,
        "aws_access_key_id": "test",
        "aws_secret_access_key": "test",
        **more,
    }


def create_bucket(port, name):
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    # By which the server knows that S3 is meant; it checks no signature.
    signed = {"Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request"}
    connection.request("PUT", f"/{name}", headers=signed)
    assert connection.getresponse().status == 200
    connection.close()


class Proxy:
    """Passes requests on; those of a kind (`GET`, `PUT`, `POST`, `LIST`) fail first as `faults` says, in its order.

    Faults: a status such as 503; `cut`, half of the body and no more; `lost`, done but never answered; `slow`, no answer for a while.
    """

    SLOW_S = 1.5

    def __init__(self, upstream):
        self.upstream = upstream
        self.faults = {}
        self.is_down = False
        self.n_requests = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((HOST, 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def next_fault(self, kind):
        with self._lock:
            self.n_requests += 1
            if self.is_down:
                return 503
            faults = self.faults.get(kind)
            return faults.pop(0) if faults else None

    def _handler(proxy):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def work(self):
                is_list = self.command == "GET" and "list-type" in self.path
                fault = proxy.next_fault("LIST" if is_list else self.command)
                length = int(self.headers.get("Content-Length") or 0)
                if fault == "cut" and self.command == "PUT":  # the first half of what it sends
                    self.rfile.read(length // 2)
                    return self.drop()
                body = self.rfile.read(length)
                if isinstance(fault, int):
                    return self.answer(fault, {}, b"<Error><Code>Fault</Code></Error>")
                if fault == "slow":
                    time.sleep(proxy.SLOW_S)
                status, headers, answer = self.pass_on(body)
                if fault == "lost":
                    return self.drop()
                with contextlib.suppress(OSError):
                    self.answer(status, headers, answer, cut=fault == "cut")

            do_GET = do_PUT = do_DELETE = do_HEAD = do_POST = work

            def pass_on(self, body):
                connection = http.client.HTTPConnection(HOST, proxy.upstream, timeout=10)
                connection.request(self.command, self.path, body=body or None, headers=dict(self.headers))
                response = connection.getresponse()
                answer = response.read()
                headers = {k: v for k, v in response.getheaders() if k.lower() not in ("transfer-encoding", "connection")}
                connection.close()
                return response.status, headers, answer

            def answer(self, status, headers, body, cut=False):
                self.send_response_only(status)
                headers = {k: v for k, v in headers.items() if k.lower() != "content-length"}
                for name, value in headers.items():
                    self.send_header(name, value)
                if status != 204:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body[: len(body) // 2] if cut else body)
                self.wfile.flush()
                if cut:
                    self.drop()

            def drop(self):
                self.close_connection = True
                with contextlib.suppress(OSError):
                    self.connection.shutdown(2)

        return Handler
