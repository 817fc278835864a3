"""What a JSON schema cannot say of a policy: that indicators exist, and that limits stand in the right order."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from metrics.catalogue import Indicator
from metrics.policy_files import Place, PolicyDocument
from metrics.warning_definitions import TIERS

Indicators = Mapping[str, Indicator]


def check_body(policy: str, document: PolicyDocument, place: Place, body: Mapping[str, Any],
               indicators: Indicators) -> None:
    """Check one version's body, which stands at `place`, against the catalogue.

    Raises:
        PolicyError: with file and line of what does not fit.
    """
    checks: dict[str, Callable[[PolicyDocument, Place, Mapping[str, Any], Indicators], None]] = {
        "weights": _check_weights, "goalposts": _check_goalposts, "targets": _check_indicators,
        "index_tiers": _check_index_tiers, "cut_offs": _check_cut_offs, "statistics": _check_statistics,
    }
    if policy in checks:
        checks[policy](document, place, body, indicators)


def _check_indicators(document: PolicyDocument, place: Place, body: Mapping[str, Any], indicators: Indicators) -> None:
    for name in body:
        if name not in indicators:
            raise document.fault((*place, name), f"指标目录中没有 {name}")


def _check_weights(document: PolicyDocument, place: Place, body: Mapping[str, Any], indicators: Indicators) -> None:
    _check_indicators(document, (*place, "indicators"), body["indicators"], indicators)
    used = {indicators[name].dimension for name in body["indicators"]}
    for dimension in body["dimensions"]:
        if dimension not in used:
            raise document.fault((*place, "dimensions", dimension), f"维度 {dimension} 不存在，或没有一项有权重的指标")
    for name in body["indicators"]:
        if indicators[name].dimension not in body["dimensions"]:
            message = f"指标 {name} 有权重，而它的维度 {indicators[name].dimension} 没有"
            raise document.fault((*place, "indicators", name), message)


def _check_goalposts(document: PolicyDocument, place: Place, body: Mapping[str, Any], indicators: Indicators) -> None:
    _check_indicators(document, place, body, indicators)
    for name, posts in body.items():
        is_higher_better = indicators[name].direction == "higher_is_better"
        if posts["best"] == posts["worst"] or (posts["best"] > posts["worst"]) != is_higher_better:
            wanted = "大于" if is_higher_better else "小于"
            message = f"{name} 的 best {posts['best']} 应{wanted} worst {posts['worst']}（指标方向）"
            raise document.fault((*place, name), message)


def _check_index_tiers(document: PolicyDocument, place: Place, body: Mapping[str, Any], indicators: Indicators) -> None:
    limits = body["cut_offs"]
    for worse, better in pairwise(TIERS):
        if limits[worse] <= limits[better]:
            message = f"{worse} 的界限 {limits[worse]} 应高于 {better} 的 {limits[better]}"
            raise document.fault((*place, "cut_offs", worse), message)


def _check_cut_offs(document: PolicyDocument, place: Place, body: Mapping[str, Any], indicators: Indicators) -> None:
    _check_indicators(document, place, body, indicators)
    for name, limits in body.items():
        if indicators[name].kind == "duration":
            raise document.fault((*place, name), f"{name} 是历时，没有逐件未达要求的事项，不设阈值预警")
        given = [tier for tier in TIERS if tier in limits]
        sign = -1 if indicators[name].direction == "higher_is_better" else 1
        for worse, better in pairwise(given):
            if sign * limits[worse] <= sign * limits[better]:
                message = f"{name} 的 {worse} 界限 {limits[worse]} 应比 {better} 的 {limits[better]} 更差"
                raise document.fault((*place, name, worse), message)


def _check_statistics(document: PolicyDocument, place: Place, body: Mapping[str, Any], indicators: Indicators) -> None:
    if body["outer"] <= body["inner"]:
        message = f"外界限 {body['outer']} 应大于内界限 {body['inner']}"
        raise document.fault((*place, "outer"), message)
    for stricter, looser in pairwise(sorted(body["grades"])):
        for name, sign in (("widest", 1), ("denominator", -1), ("completeness", -1)):
            earlier, later = body["grades"][stricter][name], body["grades"][looser][name]
            if sign * later < sign * earlier:
                message = f"{looser} 级的 {name} {later} 不应比 {stricter} 级的 {earlier} 更严"
                raise document.fault((*place, "grades", looser, name), message)
