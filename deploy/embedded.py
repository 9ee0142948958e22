"""The demo server: one process with SQLite and the embedded store, started by ``make demo``."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import argparse
import contextlib
import errno
import fcntl
import ipaddress
import logging
import os
import secrets
import signal
import socket
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TYPE_CHECKING

import gevent
from gevent.event import Event
from gevent.pywsgi import WSGIServer

if TYPE_CHECKING:
    from flask import Flask

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # The program lies beside the packages, not above them.

DATABASE = "zhixing.sqlite3"
IS_LOADING = "demo-is-loading"
KEY_FILE = "secret-key"
LOG = "demo.log"
# Settings of a production server that the surrounding shell may carry; none of them fits a demo.
FOREIGN_SETTINGS = ("REDIS_URL", "REDIS_PREFIX", "WEB_CONCURRENCY", "TRUSTED_HOSTS", "PROXY_HOPS")
# Long enough for a request that is being answered, short enough for a person who waits.
FAREWELL_SECONDS = 0.3

log = logging.getLogger("zhixing.demo")


class Unable(Exception):
    """The demo cannot start; says why and what to do, in English and in Chinese."""

    def __init__(self, english: str, chinese: str) -> None:
        super().__init__(f"{english}\n{chinese}")


class Progress:
    """One line that moves on a terminal, plain lines elsewhere."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream
        self.is_terminal = stream.isatty()

    def __call__(self, text: str) -> None:
        """Show ``text`` in place of what was shown before."""
        self.stream.write(f"\r\x1b[2K{text}" if self.is_terminal else f"{text}\n")
        self.stream.flush()

    def clear(self) -> None:
        """Leave an empty line for what is printed next."""
        if self.is_terminal:
            self.stream.write("\r\x1b[2K")
            self.stream.flush()


def open_folder(path: Path) -> Path:
    """Make the data folder and prove that it can be written to; return its full path."""
    path = path.absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path):
            return path
    except OSError as error:
        raise Unable(
            f"The data folder {path} cannot be written to ({error.strerror}). "
            "Choose another: DATA_DIR=/path/of/yours make demo",
            f"数据目录 {path} 无法写入，请另选：DATA_DIR=/你的/目录 make demo",
        ) from error


def lock_folder(folder: Path) -> IO[str]:
    """Take the folder for this process; the lock holds while the returned file is open."""
    lock = (folder / "demo.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        process = lock.read().strip() or "?"
        raise Unable(
            f"A demo already runs on {folder} (process {process}). Stop it with Ctrl-C, or start "
            "a second one beside it: DATA_DIR=/another/folder PORT=8001 make demo",
            f"{folder} 上已有一个演示在运行（进程 {process}）。请先停止它，"
            "或另开一个：DATA_DIR=/另一个/目录 PORT=8001 make demo",
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def open_listener(host: str, port: str) -> socket.socket:
    """Return a listening socket; a browser that comes too early waits instead of failing."""
    try:
        number = int(port)
        if not 0 <= number <= 65535:  # getaddrinfo would take the remainder without a word.
            raise ValueError(port)
        family, _, _, _, address = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(256)
    except (OSError, ValueError) as error:
        raise explain_address(error, host, port) from error
    return listener


def explain_address(error: Exception, host: str, port: str) -> Unable:
    """Say in a sentence why ``host`` and ``port`` cannot be used."""
    code = error.errno if isinstance(error, OSError) else None
    if code == errno.EADDRINUSE:
        other = int(port) + 1 if int(port) < 65535 else 8000
        return Unable(
            f"Port {port} is already in use. Try another one: PORT={other} make demo",
            f"端口 {port} 已被占用，请换一个：PORT={other} make demo",
        )
    if code == errno.EACCES:
        return Unable(
            f"Port {port} is reserved for the administrator. Try: PORT=8000 make demo",
            f"端口 {port} 需要管理员权限，请改用：PORT=8000 make demo",
        )
    if isinstance(error, ValueError):
        return Unable(
            f"PORT must be a number from 1 to 65535, not {port!r}.",
            f"PORT 应为 1 到 65535 的数字，而不是 {port!r}。",
        )
    return Unable(
        f"HOST={host} is not an address of this machine. Try: HOST=127.0.0.1 make demo",
        f"HOST={host} 不是本机地址，请改用：HOST=127.0.0.1 make demo",
    )


def reachable_address(listener: socket.socket) -> tuple[str, bool]:
    """Return ``http://host:port`` as people type it, and whether only this machine reaches it."""
    host, port = listener.getsockname()[:2]
    address = ipaddress.ip_address(host.partition("%")[0])
    if address.is_unspecified:
        address = ipaddress.ip_address(find_lan_address())
    shown = f"[{address}]" if address.version == 6 else str(address)
    return f"http://{shown}:{port}", address.is_loopback


def find_lan_address() -> str:
    """Return the address other machines know this one by; 127.0.0.1 when there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; it only chooses the way out.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def begin(folder: Path, *, is_reset: bool) -> None:
    """Clear the way for the demo world where there is none, or only half of one, or on request.

    A marker lies in the folder from before the first row until the last, so a load that was
    interrupted is begun again. Only what the demo itself writes is removed.
    """
    marker = folder / IS_LOADING
    if not is_reset and not marker.exists() and (folder / DATABASE).exists():
        return
    marker.touch()
    for pattern in (f"{DATABASE}*", "jobs.sqlite3*", KEY_FILE):
        for path in folder.glob(pattern):
            path.unlink()


def read_secret(folder: Path) -> str:
    """Return the demo's own secret key; made at the first start, readable by its owner only."""
    path = folder / KEY_FILE
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8").strip()


def set_environment(folder: Path, base_url: str) -> None:
    """Tell the application what it is, whatever the surrounding shell had set."""
    settings = {
        "ZHIXING_CONFIG": "Demo",
        "DATA_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / DATABASE}",
        "SECRET_KEY": read_secret(folder),
        "PUBLIC_BASE_URL": base_url,
    }
    for name in (*FOREIGN_SETTINGS, *settings):
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    os.environ.update(settings)


def write_log_to(path: Path, *, mode: str = "a") -> None:
    """Send everything that is logged to ``path``: the terminal belongs to the person."""
    logging.basicConfig(
        filename=path,
        filemode=mode,
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    logging.captureWarnings(True)


def migrate(log_path: Path) -> None:
    """Bring the database of the current application up to date; alembic reports to the log."""
    import flask_migrate

    with log_path.open("a", encoding="utf-8") as file, contextlib.redirect_stderr(file):
        try:
            flask_migrate.upgrade()
        except SystemExit as error:  # How Flask-Migrate says that a migration failed.
            raise RuntimeError("the database could not be migrated") from error
    write_log_to(log_path)  # Alembic's own settings may have replaced ours.


def build_application(folder: Path, report: Callable[[str], None]) -> Flask:
    """Return the application on a migrated database that holds the demo world."""
    report("1/3 Starting the application · 启动应用")
    from config import ConfigError
    from quizapp import cli, create_app

    try:
        app = create_app()
    except ConfigError as error:
        raise Unable(str(error), "设置有误，说明见上。") from error
    with app.app_context():
        report("2/3 Preparing the database · 准备数据库")
        migrate(folder / LOG)
        marker = folder / IS_LOADING
        if marker.exists():
            report("3/3 Loading the demo world · 载入演示数据")
            cli.load_demo_world(lambda text: report(f"3/3 {text}"))
            marker.unlink()
    return app


def greet(app: Flask, base_url: str, *, is_local: bool) -> None:
    """Print the one-time link, and for phones nearby the same link as a QR code."""
    from quizapp import cli

    with app.app_context():
        link = base_url + cli.make_demo_link()
    if not is_local:
        import segno

        segno.make(link, error="l").terminal(compact=True)
    hint = "(opens once, Ctrl-C stops · 一次有效，Ctrl-C 停止)"
    print(f"Zhixing · 知行  {link}  {hint}", flush=True)


def serve(app: Flask, listener: socket.socket, announce: Callable[[], None]) -> None:
    """Answer requests until SIGTERM or SIGINT; ``announce`` is called when all is ready."""
    from quizapp.core import jobs

    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, stopping.set)
    jobs.start_background(app)
    jobs.start_pulses(app)
    server = WSGIServer(listener, app, log=None, error_log=log)
    server.start()
    announce()
    stopping.wait()
    server.stop()
    gevent.sleep(FAREWELL_SECONDS)


def run_demo(options: argparse.Namespace, progress: Progress) -> None:
    """Start the demo and serve it until it is stopped; raise Unable when it cannot start."""
    folder = open_folder(Path(options.data_dir))
    lock = lock_folder(folder)
    listener = open_listener(options.host, options.port)
    base_url, is_local = reachable_address(listener)
    write_log_to(folder / LOG, mode="w")
    try:
        begin(folder, is_reset=options.reset)
        set_environment(folder, base_url)
        app = build_application(folder, progress)

        def announce() -> None:
            progress.clear()
            greet(app, base_url, is_local=is_local)

        serve(app, listener, announce)
    except Unable:
        raise
    except Exception as error:
        log.exception("the demo ended unexpectedly")
        raise Unable(
            f"Something unexpected happened; {folder / LOG} tells what. To start over with fresh "
            "data: make demo-reset",
            f"出现意外问题，详情见 {folder / LOG}。重新开始请运行：make demo-reset",
        ) from error
    finally:
        lock.close()


def read_arguments() -> argparse.Namespace:
    """Read the command line; HOST, PORT and DATA_DIR of the environment are its defaults."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(required=True)
    demo = commands.add_parser("demo", help="serve the demo world")
    demo.add_argument("--reset", action="store_true", help="start over with fresh data")
    demo.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    demo.add_argument("--port", default=os.environ.get("PORT", "8000"))
    demo.add_argument("--data-dir", default=os.environ.get("DATA_DIR", str(ROOT / "var")))
    return parser.parse_args()


def main() -> int:
    """Run the command and return its exit status."""
    options = read_arguments()
    hub = gevent.get_hub()
    hub.NOT_ERROR = (*hub.NOT_ERROR, KeyboardInterrupt)  # Ctrl-C while loading needs no report.
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    progress = Progress(sys.stdout)
    try:
        run_demo(options, progress)
    except Unable as problem:
        progress.clear()
        print(f"\n{problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        progress.clear()
        print("\nStopped before it was ready · 启动前已停止", file=sys.stderr)
        return 130
    print("\nStopped · 已停止")
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    logging.shutdown()
    # Open streams and waiting jobs would hold an orderly exit; what matters is committed by now.
    os._exit(status)
