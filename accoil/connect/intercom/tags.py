"""Tags: made when there is none of that name yet, put on contacts and companies, never taken off."""

from typing import Any

from accoil.connect.connection import Gone, Rejected
from accoil.connect.intercom.speaking import Speaker
from accoil.connect.remembered import Remembered
from accoil.count.ids import Kind

LONGEST_TAG = 100  # characters


class Tags:
    def __init__(self, speaker: Speaker) -> None:
        self.speaker = speaker
        self._kept = Remembered(self._listed)

    def put(self, kind: Kind, remote_id: str, given: str) -> str:
        """What happened, in words. Doing it again changes nothing. Raises Rejected, Gone."""
        tag = " ".join(given.split())
        if not 1 <= len(tag) <= LONGEST_TAG:
            raise Rejected(f"A tag needs a name of 1 to {LONGEST_TAG} characters.")
        if kind == "user":
            self._on_contact(remote_id, tag)
            return f"The contact has the tag “{tag}” in Intercom."
        self._on_company(remote_id, tag)
        return f"The company has the tag “{tag}” in Intercom."

    def _on_contact(self, contact: str, tag: str) -> None:
        try:
            self._attach(contact, self._id(tag))
        except Gone as gone:
            if gone.moved_to or gone.status == 410:
                raise
            # Intercom answers alike for a contact and for a tag that is gone: make sure that the tag is there.
            self._kept.forget()
            self._attach(contact, self._id(tag))

    def _attach(self, contact: str, tag_id: str) -> None:
        self.speaker.say("POST", f"/contacts/{contact}/tags", json={"id": tag_id})

    def _on_company(self, company: str, tag: str) -> None:
        told = self.speaker.say("POST", "/tags", json={"name": tag, "companies": [{"id": company}]})
        for each in told.get("companies") or []:
            if str(each.get("id")) == company and each.get("tagged") is False:
                raise Rejected(f"Intercom did not put the tag “{tag}” on the company, and did not say why.")

    def _id(self, tag: str) -> str:
        """Of the tag of that name, whatever its case; made when there is none."""
        known = self._kept.get()
        if tag.lower() not in known:
            made = self.speaker.say("POST", "/tags", json={"name": tag})  # takes the one that is there, if one is
            known[tag.lower()] = (str(made["id"]), tag)
        return known[tag.lower()][0]

    def names(self) -> list[str]:
        """Of all that are there."""
        return sorted((name for _, name in [*self._kept.get().values()]), key=str.lower)

    def _listed(self) -> dict[str, tuple[str, str]]:
        """Name in small letters → id, and how it is written."""
        told: dict[str, Any] = self.speaker.say("GET", "/tags")
        return {str(tag["name"]).lower(): (str(tag["id"]), str(tag["name"])) for tag in told["data"]}
