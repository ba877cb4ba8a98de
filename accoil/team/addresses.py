"""Whether an address is known to be its person's, and what happens when it becomes known, or when it is given on."""

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession

from accoil.team.models import User
from accoil.team.second_factor import SecondFactor


def is_confirmed(user: User) -> bool:
    return bool(EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists())


def prove(user: User) -> bool:
    """It is known now that the address is the person's. Whoever used it before that need not be the same: what he set
    up opens nothing any more. Whether there was something of that."""
    if is_confirmed(user):
        return False
    had = user.has_usable_password() or SecondFactor.objects.filter(user=user).exists()
    hand_over(user, None)
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
    return had


def hand_over(user: User, password: str | None) -> None:
    """Whoever had the address before gets in no more: password, codes and devices of before are gone, and it is to be
    confirmed anew."""
    user.set_password(password)  # which ends every session
    user.save(update_fields=["password"])
    forget_codes_and_devices(user)
    EmailAddress.objects.filter(user=user).update(verified=False)


def forget_codes_and_devices(user: User) -> bool:
    """Whether there were codes. A new password has ended the sessions; the list of them is told here."""
    UserSession.objects.filter(user=user).delete()
    return bool(SecondFactor.objects.filter(user=user).delete()[0])
