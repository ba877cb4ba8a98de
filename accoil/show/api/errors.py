"""What the API says when it can't answer."""


class Wrong(Exception):
    """`{"error": {"code", "message"}}` with a status; `wait`: seconds after which asking again makes sense."""

    def __init__(self, status: int, code: str, message: str, wait: int = 0) -> None:
        super().__init__(message)
        self.status, self.code, self.wait = status, code, wait


def not_found(what: str) -> Wrong:
    """Another product's id and no such id are the same answer."""
    return Wrong(404, "not_found", f"There is no such {what} in this product.")


def invalid(name: str, message: str) -> Wrong:
    """A parameter that can't be meant; the sentence says what can."""
    return Wrong(400, f"invalid_{name}", message)
