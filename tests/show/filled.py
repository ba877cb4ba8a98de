"""The form of a page as a browser would send it back, untouched."""

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self, form: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._form, self._inside = form, False
        self._select, self._area, self._text = "", "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {key: value or "" for key, value in attrs}
        if tag == "form":
            self._inside = told.get("id") == self._form
        if not self._inside:
            return
        name = told.get("name", "")
        if tag == "input" and name:
            if told.get("type") not in ("checkbox", "radio") or "checked" in told:
                self.fields[name] = told.get("value", "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            if "selected" in told or self._select not in self.fields:
                self.fields[self._select] = told.get("value", "")
        elif tag == "textarea":
            self._area, self._text = name, ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area:
            self.fields[self._area], self._area = self._text, ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data


def filled(response, form: str) -> dict[str, str]:
    """Name → value of the fields in the form with that id."""
    reader = _Fields(form)
    reader.feed(response.content.decode())
    return reader.fields
