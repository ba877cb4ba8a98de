"""Pages of stand-ins, for people who look at what was sent to one; and a small server for those that have none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Said = tuple[int, str, bytes]  # status, type, body
Answering = Callable[[str, str, Mapping[str, str], bytes], Said]  # method, path, headers in small letters, body

STYLE = """:root{color-scheme:light dark}body{font:16px/1.5 system-ui;max-width:64rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.1rem;margin-top:2rem}.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.85rem}
td,th{border-bottom:1px solid #8886;padding:.3rem .6rem;text-align:left;vertical-align:top;white-space:nowrap}
pre{white-space:pre-wrap;border:1px solid #8886;border-radius:6px;padding:.7rem;font-size:.85rem}
iframe{width:100%;height:32rem;border:1px solid #8886;border-radius:6px;background:#fff}"""


def page(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        f'<link rel="icon" href="data:,"><style>{STYLE}</style><h1>{escape(title)}</h1>{body}</html>'
    )


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """None of it may hold HTML."""
    lines = ["".join(f"<td>{escape('' if cell is None else str(cell))}</td>" for cell in row) for row in rows]
    told = "".join(f"<tr>{line}</tr>" for line in lines)
    heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead><tbody>{told}</tbody></table></div>'


def allowing(tool: str, kept: Mapping[str, str]) -> str:
    """Where somebody lets Accoil in; what is kept comes back with what they say, to /oauth/allow."""
    hidden = "".join(f'<input type="hidden" name="{escape(name)}" value="{escape(it)}">' for name, it in kept.items())
    return page(
        f"Accoil wants access to your {tool}",
        f'<p>This is a stand-in.</p><form method="post" action="/oauth/allow">{hidden}'
        '<button name="said" value="allow">Allow</button> <button name="said" value="deny">Deny</button></form>',
    )


@contextmanager
def serving(answering: Answering, port: int = 0) -> Iterator[str]:
    """Where it listens, on this computer only."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): text for name, text in self.headers.items()}
            status, kind, said = answering(self.command, self.path, headers, body)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_POST = do_GET

        def handle(self) -> None:
            with suppress(ConnectionError):  # whoever asked had enough
                super().handle()

        def log_message(self, *told: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
