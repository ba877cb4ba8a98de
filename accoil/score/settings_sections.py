"""What a definitions file says of the product itself: time zone, internal domains, features, configuration."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from accoil.refused import Refused
from accoil.rule.values import shown
from accoil.score import configuration as configuring
from accoil.score import features as keeping
from accoil.score.features import Said
from accoil.score.files import Plan
from accoil.score.reading import internal_domains
from accoil.team.models import KEEP_CHOICES, KEEP_MONTHS, Product
from accoil.team.zones import is_zone

FOR_EVER = "for_ever"


class TimeZone:
    keys = ("time_zone",)

    def read(self, content: Mapping[str, Any]) -> str | None:
        name = content["time_zone"]
        if name is not None and (not isinstance(name, str) or not is_zone(name)):
            raise Refused(f"time_zone: {shown(name)} is not a time zone; write a name such as Australia/Sydney or UTC.")
        return name

    def apply(self, plan: Plan, said: str | None) -> None:
        product = plan.product
        if said and said != product.time_zone:
            plan.lines.append(f"~ time zone: {product.time_zone} → {said} (every day is counted anew in it)")
            product.change_zone(said)

    def written(self, product: Product) -> dict[str, Any]:
        return {"time_zone": product.time_zone}


class KeepMonths:
    """How long daily counts are kept. The file says it, and a person on Settings > Privacy that the first ones go."""

    keys = ("keep_months",)

    def read(self, content: Mapping[str, Any]) -> int | None:
        months = content["keep_months"]
        if months == FOR_EVER:
            return None
        if isinstance(months, bool) or months not in KEEP_CHOICES:
            choices = ", ".join(map(str, KEEP_CHOICES))
            raise Refused(f"keep_months is {shown(months)}; choose one of {choices}, or {FOR_EVER}.")
        return int(months)

    def apply(self, plan: Plan, said: int | None) -> None:
        product = plan.product
        if said != product.keep_months:
            has_begun = product.kept_from is not None  # from then on days go by themselves, whoever shortens it
            if has_begun and said and (product.keep_months is None or said < product.keep_months):
                now = f"{product.keep_months} months" if product.keep_months else "ever"
                raise Refused(
                    f"keep_months is {said}, but daily counts of {product} are kept for {now}, and fewer would let "
                    f"days go for good: say so on Settings > Privacy."
                )
            waits = said and not has_begun
            then = " (what is older goes once somebody has said so on Settings > Privacy)" if waits else ""
            plan.lines.append(f"~ keep_months: {product.keep_months or FOR_EVER} → {said or FOR_EVER}{then}")
            product.keep_months = said
            product.save(update_fields=["keep_months"])

    def written(self, product: Product) -> dict[str, Any]:
        usual = product.keep_months == KEEP_MONTHS
        return {} if usual else {"keep_months": product.keep_months or FOR_EVER}


class Domains:
    keys = ("internal_domains",)

    def read(self, content: Mapping[str, Any]) -> tuple[str, ...]:
        return internal_domains(content["internal_domains"])

    def apply(self, plan: Plan, said: tuple[str, ...]) -> None:
        before = configuring.configuration_of(plan.product).internal_domains
        if configuring.save_domains(plan.product, said):
            plan.lines.append(f"~ internal domains: {', '.join(before) or 'none'} → {', '.join(said) or 'none'}")

    def written(self, product: Product) -> dict[str, Any]:
        domains = configuring.configuration_of(product).internal_domains
        return {"internal_domains": domains} if domains else {}


class Features:
    """Those the file leaves out stay where they are, or go with `prune`; the others have the file's order."""

    keys = ("features",)

    def read(self, content: Mapping[str, Any]) -> list[Said]:
        features = content["features"]
        return keeping.read_all([] if features is None else features)

    def apply(self, plan: Plan, said: list[Said]) -> None:
        before = keeping.kept(plan.product)
        then = keeping.edit(plan.product, lambda now: _after(now, said, plan.prune))
        plan.lines += _lines(before, then, {each.name for each in said})
        for feature in said:
            plan.warn_of_events(feature.events, f"feature {feature.name}")

    def written(self, product: Product) -> dict[str, Any]:
        told = [
            {"name": each.name, "description": each.description, "events": list(each.events)}
            for each in keeping.kept(product)
        ]
        return {"features": [{key: value for key, value in each.items() if value} for each in told]} if told else {}


class Configuration:
    """Keys that are left out stay as they are, or go back to the usual with `prune`."""

    keys = ("configuration", "summary_profile")

    def read(self, content: Mapping[str, Any]) -> dict[str, str]:
        raw = content.get("configuration")
        raw = {} if raw is None else raw
        said = configuring.check(raw)
        told = {key: getattr(said, key) for key in raw}
        if "summary_profile" in content:
            if "summary_profile" in raw:
                raise Refused("summary_profile stands at the top of the file and in configuration; write it once.")
            name = content["summary_profile"]
            told["summary_profile"] = configuring.check({"summary_profile": name}).summary_profile
        return told

    def apply(self, plan: Plan, said: dict[str, str]) -> None:
        before = _configured(plan.product)
        stays = {} if plan.prune else before
        configuring.configure(plan.product, configuring.Said(**{**stays, **said}))
        after = _configured(plan.product)
        for key in configuring.KEYS:
            old, new = before.get(key, ""), after.get(key, "")
            if old != new:
                anew = " (every call is looked at again)" if key == "account_id" else ""
                plan.lines.append(f"~ configuration: {key} {old or 'as usual'} → {new or 'as usual'}{anew}")

    def written(self, product: Product) -> dict[str, Any]:
        told: dict[str, Any] = dict(_configured(product))
        summary = told.pop("summary_profile", None)
        written: dict[str, Any] = {"configuration": told} if told else {}
        return written | ({"summary_profile": summary} if summary else {})


def _configured(product: Product) -> dict[str, str]:
    return configuring.configuration_of(product).to_yaml_dict()


def _after(before: Sequence[Said], wanted: Sequence[Said], prune: bool) -> list[Said]:
    ids = {feature.name: feature.id for feature in before}
    names = {feature.name for feature in wanted}
    known = (feature for feature in wanted if feature.name in ids)
    order = [next(known) if each.name in names else each for each in before if each.name in names or not prune]
    order += [feature for feature in wanted if feature.name not in ids]
    return [msgspec.structs.replace(each, id=ids.get(each.name, 0)) for each in order]


def _lines(before: Sequence[Said], then: Sequence[Said], said: set[str]) -> list[str]:
    old, new = {each.name: each for each in before}, {each.name for each in then}
    lines = [line for each in then if each.name in said for line in _lines_of(old.get(each.name), each)]
    lines += [f"- feature {name}" for name in old if name not in new]
    stayed = [each.name for each in then if each.name in old]
    if stayed != [name for name in old if name in new]:
        lines.append(f"~ order of features: {', '.join(each.name for each in then)}")
    return lines


def _lines_of(old: Said | None, new: Said) -> list[str]:
    if old is None:
        return [f"+ feature {new.name} ({', '.join(new.events)})"]
    if old == new:
        return [f"  feature {new.name}: unchanged"]
    lines = [f"~ feature {new.name}"]
    lines += [f"    {event} added" for event in new.events if event not in old.events]
    lines += [f"    {event} removed" for event in old.events if event not in new.events]
    if old.description != new.description:
        lines.append(f"    description: {old.description or 'none'} → {new.description or 'none'}")
    if len(lines) == 1:
        lines.append(f"    order: {', '.join(new.events)}")
    return lines
