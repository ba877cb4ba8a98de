"""How log lines look: one shape for our own (structlog) and everybody else's (logging), on standard error."""

import logging
from typing import Any


def logging_settings(level: str, shape: str) -> dict[str, Any]:
    """A `logging.config.dictConfig` mapping. `shape` is "text" for people or "json" for machines."""
    import structlog

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_last_step(shape)],
                "foreign_pre_chain": [*shared, structlog.stdlib.ExtraAdder()],
            }
        },
        "filters": {"line": {"()": lambda: _without_traceback}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level.upper()},
        # Django's own handlers would print each line twice.
        "loggers": {
            "django": {"handlers": [], "level": "NOTSET", "propagate": True},
            "django.request": {"level": "ERROR"},  # what a client did wrong is told to the client
            "django.security.DisallowedHost": {"filters": ["line"]},
        },
    }


def _without_traceback(record: logging.LogRecord) -> bool:
    """Anybody can ask for a host that we are not: worth a line, not a page."""
    record.exc_info = None
    return True


def _last_step(shape: str) -> list[Any]:
    import structlog

    if shape == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
