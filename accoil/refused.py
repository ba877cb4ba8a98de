"""The one way to say no: a sentence for the person who must act."""


class Refused(Exception):
    """Something was asked for that cannot be done. The text is a whole sentence naming what to change."""
