"""What is said of a team, and the mail that invites."""

from collections.abc import Sequence

from django.conf import settings
from django.core.mail import send_mail

from accoil.show import words
from accoil.team.invitations import LASTS, Invitation
from accoil.team.models import Member, Team
from accoil.team.roles import Role

MAIL = """{by} invites you to {team} on Accoil, as {role}.

This link lets you in. It works once, and for {days} days:

{link}

If you do not know who that is, do nothing.
"""


def overview(team: Team, members: Sequence[Member], waiting: int) -> str:
    """5 people are in Acme: 1 owner, 1 manager and 3 team members. 2 invitations wait for an answer."""
    counted = ((sum(each.role == role for each in members), role.label) for role in Role)
    by_role = [words.count(many, label[0].lower() + label[1:].lower()) for many, label in counted if many]
    people = "1 person is" if len(members) == 1 else f"{words.number(len(members))} people are"
    waits = f" {words.count(waiting, 'invitation')} {'waits' if waiting == 1 else 'wait'} for an answer." * bool(
        waiting
    )
    return f"{people} in {team}: {words.listed(by_role)}.{waits}"


def invited_mail(invitation: Invitation, link: str, is_shown: bool) -> str:
    """Sends the link where there is a mail server; a sentence about what became of it. `is_shown`: whoever invites
    sees the link too."""
    by, team = (" ".join(str(each).split()) for each in (invitation.by.user, invitation.team))
    to = invitation.email
    if not settings.MAIL_IS_SENT:
        return f"No mail server is set, so send the link to {to} yourself."
    text = MAIL.format(by=by, team=team, role=invitation.get_role_display(), days=LASTS.days, link=link)
    try:
        send_mail(f"{by} invites you to {team} on Accoil", text, None, [to])
    except OSError:  # of the connection, and all that the server answers
        instead = "send the link yourself, and have a look at the mail server"
        return f"The mail to {to} could not be sent: {instead if is_shown else 'invite once more in a while'}."
    return f"The link is on its way to {to} by mail.{' You can also send it yourself.' * is_shown}"
