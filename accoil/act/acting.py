"""Acts upon who moved: for each move that an automation waits for a line in its run log, and
deliveries where it fires.

The watermark says up to which round that is done. It goes up in the transaction that writes the last of the lines, and
a line is there once for each move: whenever the server is killed, what was done is not done again, and nothing is left
out. It runs after the look at segments in the same thread, so a round is never read while it is being written."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accoil.act import because
from accoil.act.actions import actions_in, goes_to_a_record, one_each, whom
from accoil.act.automations import check_kept
from accoil.act.looked_up import LookedUp
from accoil.act.models import TOO_LATE, Automation, Firing
from accoil.act.moves import Moved, newest_rounds, seen_before, since_watermark
from accoil.act.queue import Wanted, queue_all
from accoil.act.text import filled
from accoil.act.triggers import Trigger, check_trigger
from accoil.count.ids import Kind
from accoil.refused import Refused
from accoil.rule.tree import written

AT_ONCE = 2_000  # moves in one transaction: others want to write too

Became = Firing.Became
log = structlog.get_logger()


class Acting:
    """`step` acts upon all that was found since the last one."""

    def __init__(self) -> None:
        self._versions: dict[int, int] = {}  # automation → the version its step was last read from

    def step(self) -> None:
        newest = newest_rounds()
        asked = Automation.objects.filter(enabled=True, profile__in=newest, segment__isnull=False)
        for automation in asked.select_related("profile__product__team", "segment"):
            self._follow(automation)
            if automation.watermark < newest[automation.profile_id]:
                self._act(automation, newest[automation.profile_id])

    def _follow(self, automation: Automation) -> None:
        """A trigger that is a step of the activation follows the definition."""
        if "step" in automation.trigger.get("activation", {}):
            version = automation.profile.current.pk
            if self._versions.get(automation.pk) != version:
                follow_definition(automation)
            self._versions[automation.pk] = version

    def _act(self, automation: Automation, until: int) -> None:
        """What is wrong with one automation stops no other; its page says it."""
        problem = ""
        try:
            act(automation, until)
        except Refused as wrong:
            problem = f"{wrong} Until it is edited it does nothing; what is older than 24 hours then is passed over."
        except Exception as wrong:
            problem = f"Something of ours went wrong ({type(wrong).__name__}); it is tried again by itself."
            if automation.problem != problem:
                log.exception("an automation could not act; it will try again", automation=automation.pk)
        if automation.problem != problem:
            Automation.objects.filter(pk=automation.pk, enabled=True).update(problem=problem)


def act(automation: Automation, until: int) -> None:
    """Acts upon the moves up to a round, and with it. Doing it twice does nothing. Raises Refused when what it names is
    gone; then they wait."""
    trigger = check_kept(automation)
    moved = since_watermark(automation, until)
    if not moved:
        _raise_watermark(automation, until)
        return
    for start in range(0, len(moved), AT_ONCE):
        some = moved[start : start + AT_ONCE]
        log_lines = _Lines(automation, trigger, some)
        with transaction.atomic():
            if start + AT_ONCE >= len(moved) and not _raise_watermark(automation, until):
                transaction.set_rollback(True)  # somebody else was faster, or switched it off
                return
            log_lines.write()


def follow_definition(automation: Automation) -> None:
    """Has the hidden segment say what the step says now. Whoever moves by that did nothing, so it does not fire."""
    segment = automation.segment
    if segment is None or not segment.is_hidden:
        return
    try:
        trigger = check_trigger(automation.trigger, automation.profile, automation.scope)  # type: ignore[arg-type]
    except Refused:
        return  # the step is gone: the rule stays as it was
    if trigger.rule is not None and segment.rule != written(trigger.rule):
        segment.rule = written(trigger.rule)
        segment.save(update_fields=["rule"])


def _raise_watermark(automation: Automation, until: int) -> bool:
    same = Automation.objects.filter(pk=automation.pk, watermark=automation.watermark, enabled=True)
    return same.update(watermark=until) == 1


class _Lines:
    """The lines of the run log for some moves, with the deliveries of those that fire."""

    def __init__(self, automation: Automation, trigger: Trigger, moved: list[Moved]) -> None:
        self._automation, self._moved = automation, moved
        self._scope: Kind = automation.scope  # type: ignore[assignment]
        self._profile = automation.profile
        self._window = self._profile.current.parsed.window
        self._people = LookedUp(self._profile, self._scope, (each.entity for each in moved)).read()
        self._holding = self._people.holding(automation.condition) if automation.condition else None
        self._still = self._people.holding(trigger.also) if trigger.also else None
        self._once, self._before = trigger.once, seen_before(automation, moved) if trigger.once else set()

    def write(self) -> None:
        """In a transaction."""
        now = timezone.now()
        last = self._last_fired(now)
        lines = []
        for each in self._moved:
            became, told = self._became(each, last.get(each.entity), now)
            if became == Became.FIRED:
                last[each.entity] = now
            lines.append(
                Firing(automation=self._automation, move=each.id, entity=each.entity, at=now, became=became,
                       because=told)
            )  # fmt: skip
        Firing.objects.bulk_create(lines, batch_size=500)
        queue_all(self._profile.product, self._wanted([line for line in lines if line.became == Became.FIRED]))

    def _became(self, each: Moved, last: datetime | None, now: datetime) -> tuple[str, str]:
        automation, row = self._automation, self._people.rows.get(each.entity)
        why = because.moved(automation.trigger, self._scope, each.reason, row, self._window)
        if now - each.at > TOO_LATE:
            return Became.LATE, f"{why} {because.too_late(each.at, now)}"
        not_done = ""
        if each.entity in self._before or (self._once and each.again):
            not_done = because.not_first(self._scope)
        elif self._still is not None and each.entity not in self._still:
            not_done = because.not_below(self._scope)
        elif self._holding is not None and each.entity not in self._holding:
            not_done = because.not_held(automation.condition, self._scope, row)
        if not_done:
            return Became.CONDITION, f"{why} {not_done}"
        if last is not None and now - last < timedelta(hours=automation.cool_down_hours):
            return Became.COOLING, f"{why} {because.cooling(last, now, automation.cool_down_hours)}"
        return Became.FIRED, why

    def _last_fired(self, now: datetime) -> dict[int, datetime]:
        """Entity → when it last fired for it, within the cool-down."""
        since = now - timedelta(hours=self._automation.cool_down_hours)
        fired = Firing.objects.filter(automation=self._automation, became=Became.FIRED, at__gt=since)
        entities = {each.entity for each in self._moved}
        rows = fired.order_by().values_list("entity").annotate(last=Max("at"))
        return {entity: last for entity, last in rows if entity in entities}

    def _wanted(self, fired: list[Firing]) -> Iterator[Wanted]:
        for firing in fired:
            said = self._people.said(firing.entity, self._automation, firing.because)
            for place, (key, values) in enumerate(actions_in(self._automation.actions)):
                kind, told = whom(values, self._scope), {}
                entity = firing.entity if kind == self._scope else self._people.account_of(firing.entity)
                if not goes_to_a_record(key):
                    told = self._people.about(firing.entity, self._automation, firing.because)
                for number, each in enumerate(one_each(key, values)):
                    yield Wanted(
                        action=key,
                        kind=kind,
                        entity=entity,
                        values={name: filled(value, said) for name, value in each.items()},
                        key=f"{self._automation.pk}:{firing.move}:{place}{f':{number}' if number else ''}",
                        told=told,
                        why_not="" if entity else "The user belongs to no account, so there is no company to do it to.",
                        firing=firing,
                    )
