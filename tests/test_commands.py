"""The commands a person meets first: what they promise, and what they say when all is not well."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROMISED = {"demo", "demo-reset", "test", "check", "test-services", "bench", "serve"}
LOCKS = ("requirements.txt", "requirements-dev.txt", "requirements-bench.txt")
SCRIPTS = ("deploy/venv.sh", "deploy/services.sh", "deploy/serve.sh", ".ci/run")
HAN = re.compile(r"[\u4e00-\u9fff]")
NOBODY = 65534


def run(
    *command: str | Path,
    cwd: Path = ROOT,
    env: dict[str, str] | None = None,
    user: int | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return what it said; no standard input, as in CI."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, "MAKEFLAGS": "", **(env or {})},
        user=user,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def write_program(path: Path, text: str) -> Path:
    """Write an executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_help_names_every_promised_command_in_both_languages():
    lines = run("make", "-s").stdout.splitlines()
    described = {line.split()[1]: line for line in lines if line.startswith("make ")}
    assert described.keys() >= PROMISED
    for line in described.values():
        assert HAN.search(line), line
        assert re.search(r"[a-z]{3,} ", line.split(maxsplit=2)[2]), line


def test_every_command_is_phony_and_documented():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == targets
    assert set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE)) == targets


def test_host_port_and_folder_of_the_demo_can_be_set():
    said = run("make", "-s", env={"HOST": "0.0.0.0", "PORT": "8999", "DATA_DIR": "/data"}).stdout
    assert "HOST=0.0.0.0 PORT=8999 DATA_DIR=/data" in said


@pytest.mark.parametrize("script", SCRIPTS)
def test_scripts_can_be_run_and_parsed(script):
    assert os.access(ROOT / script, os.X_OK)
    assert run("bash", "-n", ROOT / script).returncode == 0


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of what deploy/venv.sh needs, with lock files of one package."""
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy/venv.sh", tmp_path / "deploy/venv.sh")
    for name in LOCKS:
        (tmp_path / name).write_text("one==1.0 --hash=sha256:00\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder for PATH that holds the ordinary tools and no Python at all."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("bash", "sh", "dirname", "grep", "rm", "tail", "mkdir", "cat", "ln"):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


def make_environment(
    project: Path, tools: Path, profile: str = "runtime", **env: str
) -> subprocess.CompletedProcess[str]:
    return run(
        *("bash", "deploy/venv.sh", profile),
        cwd=project,
        env={"PATH": str(tools), "PYTHON": "", **env},
    )


def fake_python(path: Path, probe: str, *, pip_fails: bool = False) -> Path:
    """Write an interpreter without ensurepip that answers ``probe`` and notes what it is asked.

    The environments it makes have a working Python and no pip, as on a bare Debian.
    """
    return write_program(
        path,
        f"""echo "$*" >> {path}.asked
case "$*" in
    -c*find_spec*) echo "{probe}" ;;
    "-m venv --clear --without-pip .venv")
        mkdir -p .venv/bin
        {{ echo '#!/bin/sh'; echo 'case "$*" in "-m pip"*) exit 1 ;; esac'
           echo 'exec {sys.executable} "$@"'; }} > .venv/bin/python
        {shutil.which("chmod")} +x .venv/bin/python ;;
    "-m pip --python .venv/bin/python --version") echo "pip 23" ;;
    "-m pip --python .venv/bin/python install"*) echo "Collecting one"; exit {int(pip_fails)} ;;
    *) exit 1 ;;
esac""",
    )


def test_an_old_python_is_named_with_what_to_do(project, tools):
    fake_python(tools / "python3", "3.9.2 venv ensurepip pip")
    result = make_environment(project, tools)
    assert result.returncode == 1
    assert "needs Python 3.11 or newer; this machine has 3.9.2" in result.stderr
    assert "本机为 3.9.2" in result.stderr
    assert not (project / ".venv").exists()


def test_no_python_at_all_is_a_sentence(project, tools):
    result = make_environment(project, tools)
    assert result.returncode == 1
    assert "found none" in result.stderr
    assert "没有找到 Python" in result.stderr


def test_an_old_python_does_not_hide_a_newer_one(project, tools):
    fake_python(tools / "python3", "3.9.2 venv ensurepip pip")
    fake_python(tools / "python3.12", "3.12.1 venv pip")
    assert make_environment(project, tools).stdout.startswith("1/3 Python 3.12.1\n")


def test_a_python_without_pip_is_told_how_to_get_it(project, tools):
    fake_python(tools / "python3", "3.11.2 venv")
    result = make_environment(project, tools)
    assert result.returncode == 1
    assert "apt install python3-pip" in result.stderr


def test_without_ensurepip_the_machines_own_pip_installs(project, tools):
    python = fake_python(tools / "python3", "3.11.2 venv pip")
    result = make_environment(project, tools)
    assert result.returncode == 0, result.stderr
    assert [line[:4] for line in result.stdout.splitlines()] == ["1/3 ", "2/3 ", "3/3 "]
    asked = Path(f"{python}.asked").read_text(encoding="utf-8")
    assert "install --progress-bar off --require-hashes -r requirements.txt" in asked

    again = make_environment(project, tools)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_a_wide_profile_holds_the_narrow_ones(project, tools):
    python = fake_python(tools / "python3", "3.11.2 venv pip")
    for profile in ("dev", "bench", "dev", "runtime"):
        assert make_environment(project, tools, profile).returncode == 0
    asked = Path(f"{python}.asked").read_text(encoding="utf-8")
    assert asked.count(" install ") == 2
    assert asked.index("-r requirements-dev.txt") < asked.index("-r requirements-bench.txt")


def test_a_changed_lock_is_installed_again(project, tools):
    python = fake_python(tools / "python3", "3.11.2 venv pip")
    make_environment(project, tools)
    (project / "requirements.txt").write_text("one==2.0 --hash=sha256:00\n", encoding="utf-8")
    make_environment(project, tools)
    assert Path(f"{python}.asked").read_text(encoding="utf-8").count(" install ") == 2


def test_a_failed_installation_is_said_and_tried_again(project, tools):
    fake_python(tools / "python3", "3.11.2 venv pip", pip_fails=True)
    result = make_environment(project, tools)
    assert result.returncode == 1
    assert "could not be installed" in result.stderr
    assert "Collecting one" in result.stderr

    fake_python(tools / "python3", "3.11.2 venv pip")
    assert make_environment(project, tools).returncode == 0


@pytest.fixture
def read_only_folder() -> Iterator[Path]:
    """A folder that others can read and nobody but its owner can write to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755 if os.geteuid() == 0 else 0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_read_only_project_is_a_sentence(read_only_folder, tools):
    if os.geteuid() != 0:
        read_only_folder.chmod(0o755)
    for name in ("deploy/venv.sh", "requirements.txt"):
        (read_only_folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, read_only_folder / name)
    if os.geteuid() != 0:
        read_only_folder.chmod(0o555)
    # Root may write everywhere, so root asks as somebody else.
    result = run(
        "bash", "deploy/venv.sh", cwd=read_only_folder, user=NOBODY if os.geteuid() == 0 else None
    )
    assert result.returncode == 1
    assert f"This folder cannot be written to: {read_only_folder}" in result.stderr
    assert "没有写入权限" in result.stderr


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def read_pins(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {canonical(m[1]): m[2] for m in re.finditer(r"^([\w.-]+)==([^\s;\\]+)", text, re.M)}


def direct_dependencies(extra: str | None = None) -> dict[str, str]:
    """Return what pyproject asks for: name and version bounds."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["optional-dependencies"][extra] if extra else project["dependencies"]
    parts = (re.fullmatch(r"([\w.-]+)(?:\[[\w,-]+\])?(.*)", line) for line in wanted)
    return {canonical(part[1]): part[2] for part in parts if part}


def as_numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.split("+")[0]))


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_carry_hashes_and_no_address(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"https?://|--(extra-)?index|--find-links|--trusted-host| @ ", text)
    entries = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert entries
    assert not [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]


@pytest.mark.parametrize(
    ("name", "extra"),
    [
        ("requirements.txt", None),
        ("requirements-dev.txt", None),
        ("requirements-dev.txt", "dev"),
        ("requirements-bench.txt", None),
        ("requirements-bench.txt", "dev"),
        ("requirements-bench.txt", "bench"),
    ],
)
def test_lock_files_agree_with_pyproject(name, extra):
    pins = read_pins(name)
    for package, bounds in direct_dependencies(extra).items():
        assert package in pins, f"{package} is not locked: make lock"
        for sign, bound in re.findall(r"(>=|<)([\d.]+)", bounds):
            locked = as_numbers(pins[package])
            fits = locked >= as_numbers(bound) if sign == ">=" else locked < as_numbers(bound)
            assert fits, f"{package} {pins[package]} is not {sign} {bound}: make lock"


@pytest.mark.parametrize(("narrow", "wide"), list(pairwise(LOCKS)))
def test_each_lock_contains_the_one_before(narrow, wide):
    inner, outer = read_pins(narrow), read_pins(wide)
    assert {name: outer.get(name) for name in inner} == inner


def test_the_licence_is_the_standard_text():
    digest = hashlib.sha256((ROOT / "LICENSE").read_bytes()).hexdigest()
    assert digest == "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"


def start_demo(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    settings = {"DATA_DIR": str(folder), "HOST": "127.0.0.1", "PORT": "0", **env}
    return run(sys.executable, ROOT / "deploy/embedded.py", "demo", env=settings)


def test_a_taken_port_is_named_with_the_next_one(tmp_path):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        result = start_demo(tmp_path, PORT=str(port))
    assert result.returncode == 1
    assert f"Port {port} is already in use. Try another one: PORT={port + 1} make demo" in (
        result.stderr
    )
    assert f"端口 {port} 已被占用" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_data_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    result = start_demo(tmp_path / "file" / "var")
    assert result.returncode == 1
    assert f"The data folder {tmp_path / 'file' / 'var'} cannot be written to" in result.stderr
    assert "DATA_DIR=" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_second_demo_on_the_same_data_is_refused(tmp_path):
    with (tmp_path / "demo.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("4711")
        lock.flush()
        result = start_demo(tmp_path)
    assert result.returncode == 1
    assert f"A demo already runs on {tmp_path} (process 4711)" in result.stderr


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"PORT": "99999"}, "PORT must be a number from 1 to 65535, not '99999'."),
        ({"PORT": "door"}, "PORT must be a number from 1 to 65535, not 'door'."),
        ({"HOST": "192.0.2.7"}, "HOST=192.0.2.7 is not an address of this machine."),
    ],
)
def test_an_impossible_address_is_a_sentence(tmp_path, setting, sentence):
    result = start_demo(tmp_path, **setting)
    assert result.returncode == 1
    assert sentence in result.stderr


def test_serve_names_what_is_not_set():
    result = run(ROOT / "deploy/serve.sh", env={"DATABASE_URL": "", "REDIS_URL": "redis://x"})
    assert result.returncode == 1
    assert "Not set: DATABASE_URL." in result.stderr
    assert "make demo" in result.stderr


def test_services_ask_for_a_command():
    assert "usage:" in run(ROOT / "deploy/services.sh").stderr
    assert "unknown option --fast" in run(ROOT / "deploy/services.sh", "--fast", "true").stderr


@pytest.mark.parametrize(
    ("user", "sentence"),
    [
        ("1000", "sudo apt-get install --no-install-recommends postgresql redis-server"),
        ("0", "The Debian packages could not be installed"),
    ],
)
def test_missing_servers_are_named_or_installed(tmp_path, tools, user, sentence):
    for name in ("mktemp", "chmod", "find", "sort"):
        (tools / name).symlink_to(shutil.which(name) or "")
    write_program(tools / "id", f"echo {user}")
    write_program(tools / "apt-get", f'echo "$*" >> {tmp_path}/asked; exit 100')
    result = run(
        "bash",
        ROOT / "deploy/services.sh",
        "true",
        env={"PATH": str(tools), "TMPDIR": str(tmp_path)},
    )
    assert result.returncode == 1
    assert sentence in result.stderr
    assert (tmp_path / "asked").exists() is (user == "0")
    assert not list(tmp_path.glob("zhixing-services.*"))


@pytest.mark.services
def test_services_hand_on_the_status_and_leave_nothing():
    result = run(ROOT / "deploy/services.sh", "sh", "-c", 'echo "$DATABASE_URL $REDIS_URL"; exit 3')
    assert result.returncode == 3, result.stderr
    ports = [int(port) for port in re.findall(r"127\.0\.0\.1:(\d+)", result.stdout)]
    assert len(ports) == 2
    for port in ports:
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.mark.services
def test_services_stop_when_they_are_told_to(tmp_path):
    said = tmp_path / "said"
    with subprocess.Popen(
        [ROOT / "deploy/services.sh", "sh", "-c", f'echo "$DATABASE_URL" >{said}; sleep 60']
    ) as process:
        while not (said.exists() and said.read_text(encoding="utf-8")):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 143
    found = re.search(r"127\.0\.0\.1:(\d+)", said.read_text(encoding="utf-8"))
    assert found
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", int(found[1]))) != 0


def run_ci(folder: Path, make: str) -> subprocess.CompletedProcess[str]:
    write_program(folder / "make", make)
    return run(ROOT / ".ci/run", env={"PATH": f"{folder}:{os.environ['PATH']}"})


def test_ci_runs_the_commands_in_turn_and_closes_with_pytests_own_line(tmp_path):
    result = run_ci(tmp_path, 'echo "$1"; echo "12 passed, 1 skipped in 3.21s (0:00:03)"')
    lines = result.stdout.splitlines()
    assert [line for line in lines if line in PROMISED] == ["check", "test", "test-services"]
    assert lines[-1] == "12 passed, 1 skipped in 3.21s (0:00:03)"
    assert result.returncode == 0


def test_ci_goes_on_after_a_failure_and_closes_with_it(tmp_path):
    result = run_ci(
        tmp_path,
        'if [ "$1" = test ]; then echo "1 failed, 2 passed in 0.50s"; exit 1; fi\n'
        'echo "12 passed in 3.21s"',
    )
    lines = result.stdout.splitlines()
    assert lines[-2:] == ["make test failed", "1 failed, 2 passed in 0.50s"]
    assert "== make test-services" in lines
    assert result.returncode == 1
