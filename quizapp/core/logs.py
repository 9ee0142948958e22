"""What the server says about itself: in production one JSON line an event."""

from __future__ import annotations

import logging
import logging.config
from typing import Any

import structlog
from flask import Flask, g, has_request_context, request


def init_app(app: Flask) -> None:
    """Send everything that is logged through one formatter; tests and the demo keep their own."""
    if app.config["NAME"] != "production":
        return
    # A name with a line break in it is still one line: JSON escapes it.
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _add_request,
            structlog.processors.format_exc_info,
        ],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"json": formatter},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": "INFO"},
        }
    )


def _add_request(_logger: Any, _method: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Say which request an event belongs to: its id and its route, never its content."""
    if has_request_context():
        fields["request_id"] = g.get("request_id")
        fields["route"] = request.url_rule.rule if request.url_rule else None
    return fields
