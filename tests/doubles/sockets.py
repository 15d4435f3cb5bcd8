"""Servers that speak below HTTP: they break off, drip, hang up, or are not there."""

import json
import socket
import ssl
import struct
import threading
from abc import ABC, abstractmethod
from contextlib import closing, suppress

from pasqal_cloud import Endpoints


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class SocketServer(ABC):
    """Accepts connections on the loopback interface, each in a thread of its own; a subclass answers them."""

    def __init__(self) -> None:
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.address = f"127.0.0.1:{self.port}"
        self.endpoints = Endpoints.at(f"http://{self.address}")
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    @abstractmethod
    def answer(self, connection: socket.socket) -> None:
        """Answers on a connection, which is closed afterwards."""

    def close(self) -> None:
        """Ends it."""
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        with suppress(OSError):  # closed
            while True:
                connection, _ = self._listener.accept()
                self._threads.append(threading.Thread(target=self._answer, args=(connection,)))
                self._threads[-1].start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # who asked may have gone
            self.answer(connection)


class BreakingServer(SocketServer):
    """Reads each request to its end, gives it a token if it wants one, and else breaks off.

    Args:
        beginning: What it answers before it breaks off.
        reset: Whether it resets the connection; otherwise it closes it.
    """

    def __init__(self, beginning: bytes = b"", *, reset: bool = False) -> None:
        self.beginning = beginning
        self.reset = reset
        self.requests: list[str] = []
        super().__init__()

    def answer(self, connection: socket.socket) -> None:
        with closing(connection.makefile("rb")) as reader:
            method, path, _ = reader.readline().decode().split(" ", 2)
            headers = dict(line.decode().strip().lower().split(": ", 1) for line in iter(reader.readline, b"\r\n"))
            reader.read(int(headers.get("content-length", 0)))
        if path == "/oauth/token":
            token = json.dumps({"access_token": "token", "expires_in": 3600}).encode()
            connection.sendall(
                b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(token) + token
            )
            return
        self.requests.append(f"{method} {path}")
        connection.sendall(self.beginning)
        if self.reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


class DrippingServer(SocketServer):
    """Begins its answers at once; then they come a byte at a time; after that, nothing comes.

    Args:
        at_once: The beginning.
        drip: What follows.
    """

    def __init__(self, at_once: bytes, drip: bytes) -> None:
        self._at_once, self._drip = at_once, drip
        super().__init__()

    def answer(self, connection: socket.socket) -> None:
        with closing(connection.makefile("rb")) as reader:
            while reader.readline() not in (b"\r\n", b""):
                pass
            connection.sendall(self._at_once)
            for byte in self._drip:
                if self._over.wait(0.05):
                    return
                connection.sendall(bytes([byte]))
            self._over.wait()


class Proxy(SocketServer):
    """Answers each request with the same bytes, and tells what came; without bytes, it hangs up."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply
        self.seen: list[bytes] = []
        super().__init__()

    def answer(self, connection: socket.socket) -> None:
        self.seen.append(connection.recv(65536))
        connection.sendall(self.reply)


class Tunnel(SocketServer):
    """A proxy that connects to the host that it is asked for, and passes on what comes from either side.

    Args:
        tls: How it is spoken to, if encrypted.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.asked: list[str] = []
        super().__init__()

    def answer(self, connection: socket.socket) -> None:
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += connection.recv(1)
        _, host, _ = head.decode().split(" ", 2)
        self.asked.append(host)
        with closing(connection), socket.create_connection(host.rsplit(":", 1)) as other:
            connection.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=self._pass_on, args=(other, connection))
            back.start()
            self._pass_on(connection, other)
            back.join()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while part := source.recv(65536):
                target.sendall(part)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
