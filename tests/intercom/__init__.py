"""A stand-in for Intercom: it keeps what is written to it, and refuses what Intercom would refuse.

contract (its published description) → server (HTTP) → app (who asks, limits, faults) → routes → workspace (what it
keeps). `signer` calls us as Intercom does; `inbox` shows a person the widget.
"""

from tests.intercom.clock import Clock
from tests.intercom.intercom import Intercom
from tests.intercom.server import running
from tests.intercom.workspace import Workspace

__all__ = ["Clock", "Intercom", "Workspace", "running"]
