"""A proxy before PostgreSQL that loses answers: the server did the work, the client never hears. It listens on a Unix socket of its own."""

import contextlib
import random
import select
import socket
import threading
from pathlib import Path


class LosingAnswers:
    """Once in `one_in` answers the connection is cut before the answer is passed on."""

    def __init__(self, real: Path, folder: Path, *, one_in: int, seed: int) -> None:
        self.real, self.one_in = real, one_in
        self.dice = random.Random(seed)
        self.cut = 0
        folder.mkdir(exist_ok=True)
        folder.chmod(0o711)
        self.at = folder / real.name
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(self.at))
        self.at.chmod(0o777)
        self.listening.listen(50)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self.listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listening.accept()
                threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        answers = 0
        with contextlib.suppress(OSError), client, server:
            server.connect(str(self.real))
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    data = ready.recv(65_536)
                    if not data:
                        return
                    answers += ready is server
                    # The first answers are the sign-in to the server; a lost one would only be another attempt.
                    if ready is server and answers > 4 and self.dice.randrange(self.one_in) == 0:
                        self.cut += 1
                        return
                    (client if ready is server else server).sendall(data)
