"""The proxies of deploy/ as real programs, on a port of this computer, before the processes of one server."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.whole import free_port, wait_for_answer

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


@contextmanager
def nginx(folder: Path, receivers: Sequence[int], pages: int) -> Iterator[str]:
    """Its address. The certificate is left out, and plain HTTP spoken."""
    folder.mkdir()
    port = free_port()
    text = (DEPLOY / "nginx-roles.conf").read_text().replace("listen 443 ssl", f"listen 127.0.0.1:{port}")
    text = "\n".join(line for line in text.splitlines() if "ssl_certificate" not in line)
    for old, new in zip((8011, 8012, 8021), (*receivers, pages), strict=True):
        text = text.replace(f"server 127.0.0.1:{old};", f"server 127.0.0.1:{new};")
    paths = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "conf").write_text(
        f"{user} daemon off; pid {folder}/pid; events {{}} error_log {folder}/log;\n"
        f"http {{ access_log off; {paths}\n{text}\n}}\n"
    )
    with _running(["nginx", "-e", f"{folder}/log", "-c", f"{folder}/conf"], port) as address:
        yield address


@contextmanager
def caddy(folder: Path, receivers: Sequence[int], pages: int) -> Iterator[str]:
    folder.mkdir()
    port = free_port()
    there = {
        "SITE": f"http://127.0.0.1:{port}", "RECEIVERS": " ".join(f"127.0.0.1:{each}" for each in receivers),
        "PAGES": f"127.0.0.1:{pages}", "HOME": str(folder),
        "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder),
    }  # fmt: skip
    config = folder / "Caddyfile"
    config.write_text("{\n\tadmin off\n\tauto_https off\n}\n" + (DEPLOY / "Caddyfile-roles").read_text())
    with _running(["caddy", "run", "--adapter", "caddyfile", "--config", str(config)], port, there) as address:
        yield address


PROXIES = {"nginx": nginx, "caddy": caddy}


@contextmanager
def _running(command: list[str], port: int, more: dict[str, str] | None = None) -> Iterator[str]:
    process = subprocess.Popen(
        command, env={**os.environ, **(more or {})}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        wait_for_answer(f"http://127.0.0.1:{port}/health", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate(timeout=20)


def missing(program: str) -> bool:
    return shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") is None
