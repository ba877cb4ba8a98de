"""What an operator does for somebody who cannot sign in."""

from django.conf import settings

from accoil.refused import Refused
from accoil.team.audit import write
from accoil.team.models import User
from accoil.team.second_factor import SecondFactor
from accoil.team.sign_in import new_password_link


def link_for(email: str, without_codes: bool) -> list[str]:
    """Lines to print: the link, and what else was done. Raises Refused for an address that nobody has."""
    if not settings.PASSWORDS:
        raise Refused(
            f"Passwords are switched off (ACCOIL_PASSWORDS): people sign in with {settings.OIDC_NAME}. To get in "
            "without it, set ACCOIL_PASSWORDS to true, start the server anew, and ask again."
        )
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is None:
        raise Refused(f"Nobody signs in with {email}; people become members by accoil init, or by invitation.")
    lines = [new_password_link(user, "http://127.0.0.1:8000")]
    said = f"A link to choose a new password was made for {user.email} on the server."
    if without_codes and SecondFactor.objects.filter(user=user).delete()[0]:
        lines.append("No codes of an app are asked for any more.")
        said += " Codes of an app are no longer asked for."
    write(user.teams.all(), None, "reset-member", said)
    return lines
