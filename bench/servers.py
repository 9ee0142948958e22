"""The servers that are measured: child processes with production's settings, and what they cost."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .messages import HOST

ROOT = Path(__file__).resolve().parent.parent
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
START_SECONDS = 60
STOP_SECONDS = 10
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py")


class NotStarted(RuntimeError):
    """A server did not come up; the message holds the end of what it wrote."""


@dataclass(frozen=True)
class Server:
    """A running server and where it listens."""

    process: subprocess.Popen[bytes]
    port: int

    def cpu_seconds(self) -> float:
        """Return the processor time it used so far, user and system, its workers included."""
        return sum(cpu_seconds(pid) for pid in _tree(self.process.pid))


def _tree(root: int) -> list[int]:
    """Return ``root`` and every living process below it."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                children.setdefault(int(_stat(int(folder.name))[1]), []).append(int(folder.name))
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def _stat(pid: int) -> list[str]:
    """Return the fields of a process after its name, which may itself hold spaces."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()


def cpu_seconds(pid: int) -> float:
    """Return what a process used, with children that ended; 0 when it is gone."""
    try:
        return sum(int(ticks) for ticks in _stat(pid)[11:15]) / TICKS_PER_SECOND
    except OSError:
        return 0.0


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running(
    command: tuple[str, ...], environment: Mapping[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``command`` for the length of the block, its output in the file ``log``."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def serving(
    port: int, environment: Mapping[str, str], log: Path, *, application: str = "", probe: str = "/"
) -> Iterator[Server]:
    """Serve ``application`` (the product when empty) under gunicorn as production does.

    Waits until ``probe`` is answered; raises NotStarted when it never is.
    """
    command = (*GUNICORN, application) if application else GUNICORN
    with running(command, {**environment, "HOST": HOST, "PORT": str(port)}, log) as process:
        _wait(process, port, probe, log)
        yield Server(process, port)


def _wait(process: subprocess.Popen[bytes], port: int, probe: str, log: Path) -> None:
    give_up_at = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up_at and process.poll() is None:
        connection = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            connection.request("GET", probe)
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    raise NotStarted(f"nothing answers on port {port}:\n{tail(log)}")


def tail(log: Path, lines: int = 20) -> str:
    """Return the last lines of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
