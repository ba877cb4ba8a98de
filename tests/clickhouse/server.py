"""ClickHouse's own engine (chdb) behind as much of its HTTP interface as the published driver uses.

`python -m tests.clickhouse.server FOLDER` prints the port of this machine that it listens on, and serves until its
input ends; with `--many-rows` for a bench, else for tests. One question at a time. It knows: the query in the address,
the body or a form; `param_…`; settings; rows to insert after the query."""

import os
import re
import sys
import threading
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from chdb.session import Session

FORMAT = re.compile(r"\bformat\s+(\w+)\s*$", re.IGNORECASE)
INSERT = re.compile(r"^\s*insert\s+into\s+(.+?)\s+format\s+(\w+)\s*", re.IGNORECASE | re.DOTALL)
OF_THE_INTERFACE = {
    "query", "database", "user", "password", "session_id", "query_id", "default_format", "client_protocol_version",
    "enable_http_compression", "wait_end_of_query", "compress", "decompress", "role", "session_check",
    "session_timeout", "buffer_size", "send_progress_in_http_headers", "http_headers_progress_interval_ms",
}  # fmt: skip


# Few rows are asked by many questions: what pays only for many rows took a fifth of the time.
FEW_ROWS = {
    "max_threads": "1",
    "compile_expressions": "0",
    "compile_aggregate_expressions": "0",
    "compile_sort_description": "0",
}


class Engine:
    def __init__(self, folder: Path, at_first: dict[str, str]) -> None:
        self._session = Session(str(folder / "engine"))
        self._rows = folder / "rows"
        self._one_at_a_time = threading.Lock()
        self._set: dict[str, str] = {}  # what stands in the session
        self._prepare(at_first)

    def answer(self, database: str, query: str, values: dict[str, str], settings: dict[str, str], rows: bytes) -> bytes:
        with self._one_at_a_time:
            self._session.query(f"use {database}")
            self._prepare({**settings, **values})
            if rows and (insert := INSERT.match(query)):
                self._rows.write_bytes(rows)
                query = f"insert into {insert[1]} select * from file({_quoted(str(self._rows))}, '{insert[2]}')"
            format = found[1] if (found := FORMAT.search(query)) else "TabSeparated"
            return bytes(self._session.query(FORMAT.sub("", query), format).bytes())

    def _prepare(self, settings: dict[str, str]) -> None:
        for name, value in settings.items():
            if self._set.get(name) != value:
                self._session.query(f"set {name} = {_quoted(value)}")
                self._set[name] = value


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer in one piece: in two, the second waits 40 ms for somebody to say that the first came
    engine: Engine

    def do_GET(self) -> None:
        self._answer(200, b"Ok.\n")

    def do_POST(self) -> None:
        given = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        body = self._body()
        if (kind := self.headers.get("Content-Type", "")).startswith("multipart/form-data"):
            given |= _form(kind, body)
            body = b""
        if "query" not in given:
            given["query"], body = _query_and_rows(body)
        values = {name: value for name, value in given.items() if name.startswith("param_")}
        settings = {name: value for name, value in given.items() if name not in OF_THE_INTERFACE | values.keys()}
        try:
            found = self.engine.answer(given.get("database", "default"), given["query"], values, settings, body)
        except Exception as wrong:  # of whatever kind the engine finds right
            code = found[1] if (found := re.search(r"Code: (\d+)", str(wrong))) else "1002"
            self._answer(500, f"{wrong}\n{given['query']}".encode(), code)
        else:
            self._answer(200, found)

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(self, status: int, body: bytes, code: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-ClickHouse-Summary", "{}")
        if code:
            self.send_header("X-ClickHouse-Exception-Code", code)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        pass


def _query_and_rows(body: bytes) -> tuple[str, bytes]:
    text = body.decode("utf-8", "surrogateescape")
    insert = INSERT.match(text)
    if not insert:
        return body.decode(), b""
    return text[: insert.end()].strip(), text[insert.end() :].encode("utf-8", "surrogateescape")


def _form(kind: str, body: bytes) -> dict[str, str]:
    form = BytesParser(policy=HTTP).parsebytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
    found = {}
    for part in form.iter_parts():
        content = part.get_payload(decode=True)
        found[str(part.get_param("name", header="content-disposition"))] = bytes(content).decode()  # type: ignore[arg-type]
    return found


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def main() -> None:
    Handler.engine = Engine(Path(sys.argv[1]), {} if sys.argv[2:] == ["--many-rows"] else FEW_ROWS)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
    os._exit(0)  # the engine does not always end by itself


if __name__ == "__main__":
    main()
