"""A mail server on this machine, over real SMTP: it keeps the letters it takes, and refuses as it is told."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any


@dataclass
class Mailbox:
    """`says`: of a command (MAIL, RCPT, DATA, END) the answers to the next ones, such as "451 later"; at the END "250
    lost" takes the letter and says nothing, "250 late 2" says it after so many seconds."""

    letters: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)  # of each letter
    says: dict[str, list[str]] = field(default_factory=dict)
    port: int = 0

    def answer(self, command: str, usual: str) -> str:
        return self.says[command].pop(0) if self.says.get(command) else usual

    def bodies(self) -> list[tuple[str, str]]:
        """Of each letter the plain text and the HTML."""
        return [
            tuple(each.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[misc,union-attr]
            for each in self.letters
        ]


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        box: Mailbox = self.server.box  # type: ignore[attr-defined]
        to = ""
        self._say("220 here")
        for line in self.rfile:
            command = line.decode().split()[0].upper() if line.strip() else ""
            if command in ("EHLO", "HELO"):
                self._say("250 here")
            elif command == "MAIL":
                self._say(box.answer("MAIL", "250 ok"))
            elif command == "RCPT":
                to = line.decode().partition("<")[2].partition(">")[0]
                self._say(box.answer("RCPT", "250 ok"))
            elif command == "DATA":
                self._say("354 go on")
                letter = self._letter()
                said, _, late = box.answer("END", "250 taken").partition(" late ")
                if said.startswith("250"):
                    box.letters.append(letter)
                    box.to.append(to)
                time.sleep(float(late or 0))
                if said == "250 lost":
                    return
                self._say(said)
            elif command == "QUIT":
                return self._say("221 bye")
            else:
                self._say("250 ok")

    def _letter(self) -> EmailMessage:
        lines = []
        for line in self.rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b"..") else line)
        read: Any = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        return read  # type: ignore[no-any-return]

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever wrote had enough."""

    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def running(box: Mailbox | None = None, port: int = 0) -> Iterator[Mailbox]:
    here = box or Mailbox()
    server = _Server(("127.0.0.1", port), _Handler)
    server.box = here  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    here.port = server.server_address[1]
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def use(settings: Any, box: Mailbox) -> None:
    """Has this process send through it."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.MAIL_IS_SENT = "127.0.0.1", box.port, True
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
