"""The log of a component."""
from __future__ import annotations

import logging  # before the handler, for this may be where it is loaded, which logging_watch sees

from gostorm.session_handler import SessionHandler, set_own_level

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gostorm.component import Component


__all__ = ["SessionHandler", "component_logger"]


def component_logger(component: Component) -> logging.Logger:
    """The logger of a component: named after it, going to gstorm once it is at work."""
    name = component.component_name or type(component).__name__
    logger = logging.getLogger(f"gostorm.{name}")
    if component._gostorm is not None and not logger.handlers:
        set_own_level(logger, _lowest_level(component))
        logger.propagate = False
        logger.addHandler(SessionHandler(component._gostorm.session))
    return logger


def _lowest_level(component: Component) -> int:
    """From which level on the component logs: all, unless streamparse's configuration says otherwise."""
    wanted = component.storm_conf.get("pystorm.log.level") or component._gostorm_log_level
    if component.debug or wanted in (None, "trace"):
        return 1
    return int(getattr(logging, str(wanted).upper(), logging.INFO))
