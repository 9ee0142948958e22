"""Every setting in one place; the environment is read here and nowhere else.

Plain classes. ``create_app`` takes one of them (or its name) and asks ``check(app.config)`` before
it opens a room, so that a wrong environment is refused with a sentence instead of a late surprise.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent


class ConfigError(RuntimeError):
    """The environment cannot work; the message says what to change."""


def env(name: str, default: str = "") -> str:
    """Return the variable ``name``, or the content of the file that ``name_FILE`` points to."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def env_int(name: str, default: int) -> int:
    """Return the variable ``name`` as a whole number; raise ConfigError when it is none."""
    text = env(name, str(default))
    try:
        return int(text)
    except ValueError:
        raise ConfigError(f"{name} must be a whole number, not {text!r}") from None


class Config:
    """What every environment shares."""

    NAME = "production"
    TESTING = False
    IS_DEMO = False
    HAS_STYLEGUIDE = False

    DATA_DIR = env("DATA_DIR", str(ROOT / "var"))
    SECRET_KEY = env("SECRET_KEY")
    DATABASE_URL = env("DATABASE_URL")
    REDIS_URL = env("REDIS_URL")  # empty: the embedded store inside this process
    REDIS_PREFIX = env("REDIS_PREFIX", "zx:")
    WEB_CONCURRENCY = env_int("WEB_CONCURRENCY", 1)

    PUBLIC_BASE_URL = env("PUBLIC_BASE_URL")
    TRUSTED_HOSTS = [host for host in env("TRUSTED_HOSTS").split(",") if host] or None
    PROXY_HOPS = env_int("PROXY_HOPS", 0)

    DATABASE_POOL = env_int("DATABASE_POOL", 20)
    # A cache on phones for days without a network; 0 takes it out of the browsers that have it.
    SERVICE_WORKER = env("SERVICE_WORKER", "1") != "0"
    STREAMS_PER_PROCESS = env_int("STREAMS_PER_PROCESS", 2500)

    # A device's oldest unsent answer may wait for days, so the token lives as long as the session.
    WTF_CSRF_TIME_LIMIT = None
    SESSION_COOKIE_NAME = "__Host-zhixing"
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    PERMANENT_SESSION_LIFETIME = 30 * 24 * 3600
    # The session's row ends thirty days after signing in, whatever the cookie says: signing it
    # anew for every response would prolong nothing.
    SESSION_REFRESH_EACH_REQUEST = False
    MAX_CONTENT_LENGTH = 8 * 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 500_000

    BABEL_DEFAULT_LOCALE = "zh_CN"
    BABEL_DEFAULT_TIMEZONE = "Asia/Shanghai"
    SQLALCHEMY_TRACK_MODIFICATIONS = False


class Production(Config):
    """PostgreSQL and Redis, several workers, behind a proxy that speaks TLS."""


class Development(Config):
    """A developer's own process: embedded stores, no TLS."""

    NAME = "development"
    HAS_STYLEGUIDE = True
    SECRET_KEY = env("SECRET_KEY", "development-only-key")
    DATABASE_URL = env("DATABASE_URL", f"sqlite:///{Config.DATA_DIR}/zhixing.sqlite3")
    PUBLIC_BASE_URL = env("PUBLIC_BASE_URL", "http://127.0.0.1:8000")
    SESSION_COOKIE_NAME = "zhixing"
    SESSION_COOKIE_SECURE = False


class Demo(Development):
    """``make demo``: the demo world, whose accounts exist nowhere else."""

    NAME = "demo"
    IS_DEMO = True
    SECRET_KEY = env("SECRET_KEY")  # deploy/embedded.py keeps one of its own in DATA_DIR


class Testing(Config):
    """One app per test run. CSRF and CSP stay on: what users meet is what is tested."""

    NAME = "testing"
    TESTING = True
    HAS_STYLEGUIDE = True
    SECRET_KEY = "testing-only-key"  # nosec B105 - of tests
    DATABASE_URL = env("DATABASE_URL", "sqlite://")
    PUBLIC_BASE_URL = "http://localhost"
    SESSION_COOKIE_NAME = "zhixing"
    SESSION_COOKIE_SECURE = False


BY_NAME: dict[str, type[Config]] = {
    cls.__name__: cls for cls in (Production, Development, Demo, Testing)
}


def chosen() -> type[Config]:
    """Return the class that ZHIXING_CONFIG names; Production when it is not set."""
    name = env("ZHIXING_CONFIG", "Production")
    if name not in BY_NAME:
        raise ConfigError(f"ZHIXING_CONFIG must be one of {', '.join(BY_NAME)}, not {name!r}")
    return BY_NAME[name]


def check(settings: dict[str, Any]) -> None:
    """Raise ConfigError when ``settings`` cannot serve people safely."""
    for name in ("SECRET_KEY", "DATABASE_URL", "PUBLIC_BASE_URL"):
        if not settings.get(name):
            raise ConfigError(f"{name} is not set: see docs/production.md")
    if settings["NAME"] == "production":
        if not settings.get("TRUSTED_HOSTS"):
            raise ConfigError("TRUSTED_HOSTS is not set: name the hosts this server answers for")
        if len(settings["SECRET_KEY"]) < 32:
            raise ConfigError("SECRET_KEY is too short: use at least 32 random characters")
    if not settings.get("REDIS_URL") and settings["WEB_CONCURRENCY"] > 1:
        raise ConfigError(
            "WEB_CONCURRENCY is above 1 but REDIS_URL is not set: the embedded store lives inside "
            "one process. Set REDIS_URL, or run one worker."
        )
