"""A believable company's life, sent through the real front door (`accoil demo`).

words, lives → founding (who there is) → behaviour (what is done on a day) → tell (as messages) → deliver.
"""

from accoil.demo.deliver import send
from accoil.demo.profiles import profiles
from accoil.demo.start import run
from accoil.demo.tell import messages

__all__ = ["messages", "profiles", "run", "send"]
