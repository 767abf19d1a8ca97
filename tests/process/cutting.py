"""A cable to a server that is cut in the middle of a conversation."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Cable:
    """Leads to a port of this machine; the first time these words pass by, both ends go dead."""

    target: int
    words: bytes
    port: int = 0
    cuts: int = 0
    _open: list[socket.socket] = field(default_factory=list)

    def lead(self, listener: socket.socket) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.target))
            self._open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while said := source.recv(65536):
                if self.words in said and not self.cuts:
                    self.cuts += 1
                    break
                sink.sendall(said)
        for end in (source, sink):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for end in self._open:
            end.close()


@contextmanager
def cut_at(words: bytes, target: int, at: int = 0) -> Iterator[Cable]:
    """A cable that is cut once, at these words; its near end is a free port or the one named."""
    cable = Cable(target, words)
    with socket.create_server(("127.0.0.1", at)) as listener:
        cable.port = listener.getsockname()[1]
        thread = threading.Thread(target=cable.lead, args=(listener,))
        thread.start()
        yield cable
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    cable.close()
