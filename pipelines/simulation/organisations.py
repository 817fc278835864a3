"""The register of organisations of one reporter: names, levels, sectors, who keeps secrecy, comings and goings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from data_contracts.periods import last_month, period_end, period_start
from pipelines.simulation.contents import Row, Simulated
from pipelines.simulation.draws import draw_between, draw_day, draw_some, known_by
from pipelines.simulation.settings import load
from pipelines.simulation.traits import Reporter, Traits


@dataclass(frozen=True)
class Organisation:
    """One organisation; its three `…_luck` are compared with the chance of the month."""

    code: str
    name: str
    level: str
    sector: str
    is_temporary: bool
    post_count: int
    joined_on: date | None
    left_on: date | None
    key_since: date | None
    key_until: date | None
    body_luck: float
    post_luck: float
    responsibility_luck: float

    @property
    def is_standing(self) -> bool:
        """Whether it stands in every register of the simulation, so that ledgers may refer to it at any time."""
        return self.joined_on is None and self.left_on is None

    def exists_on(self, day: date) -> bool:
        """Whether it is in the register on a day."""
        return (self.joined_on is None or self.joined_on <= day) and (self.left_on is None or self.left_on > day)


def found_organisations(
    reporter: Reporter, traits: Traits, first: str, last: str, rng: np.random.Generator
) -> list[Organisation]:
    """The organisations of a reporter over the whole time, in order of their codes."""
    settings, names = load("region")["organisations"], load("names")
    size = draw_between(names["size"]["named"].get(reporter.code, names["size"][reporter.kind]), rng)
    start, end = period_start(first), period_end(last)
    years = (end - start).days / 365
    arrivals = int(rng.poisson(size * settings["new_per_year"] * years))
    described = list(_described(reporter, size, arrivals, rng))
    found = []
    for number, (name, level, sector, is_temporary) in enumerate(described, start=1):
        joined = draw_day(start + timedelta(days=20), end, rng) if number > len(described) - arrivals else None
        leaves = joined is None and number > 8 and rng.random() < settings["leaves_per_year"] * years
        since, until = _key_dates(reporter, start, end, rng)
        if joined or is_temporary or level == "township":
            since = until = None
        found.append(
            Organisation(
                code=f"JG{reporter.code}{number:04d}",
                name=name,
                level=level,
                sector=sector,
                is_temporary=is_temporary,
                post_count=_draw_posts(reporter, sector, rng),
                joined_on=joined,
                left_on=draw_day(start + timedelta(days=40), end, rng) if leaves else None,
                key_since=since,
                key_until=until,
                body_luck=rng.random(),
                post_luck=rng.random(),
                responsibility_luck=rng.random(),
            )
        )
    return found + _further_organisations(reporter, size, len(found), rng)


def _further_organisations(reporter: Reporter, size: int, count: int, rng: np.random.Generator) -> list[Organisation]:
    """What a scale above 1 adds: standing organisations of one plain kind, numbered on."""
    further = load("names")["further"]
    return [
        Organisation(
            code=f"JG{reporter.code}{count + number:04d}",
            name=further["pattern"].format(n=reporter.spoken_name, number=number),
            level=load("names")["own_level"][reporter.kind],
            sector=further["sector"],
            is_temporary=False,
            post_count=_draw_posts(reporter, further["sector"], rng),
            joined_on=None,
            left_on=None,
            key_since=None,
            key_until=None,
            body_luck=rng.random(),
            post_luck=rng.random(),
            responsibility_luck=rng.random(),
        )
        for number in range(1, (reporter.scale - 1) * size + 1)
    ]


def _draw_posts(reporter: Reporter, sector: str, rng: np.random.Generator) -> int:
    """Posts that have to be trained in a year: a few large schools, hospitals and companies have very many."""
    settings = load("region")["training"]
    posts, factor = draw_between(settings["posts"][reporter.kind], rng), draw_between(settings["large_factor"], rng)
    is_large = rng.random() < settings["large_chance"] and sector in settings["large_sectors"]
    return posts * factor if is_large else posts


def _described(
    reporter: Reporter, size: int, arrivals: int, rng: np.random.Generator
) -> Iterator[tuple[str, str, str, bool]]:
    """Name, level, sector and whether temporary, for the first `size` and then for the later arrivals."""
    names = load("names")
    name, level = reporter.spoken_name, names["own_level"][reporter.kind]
    government = f"{name}行政公署办公室" if name.endswith("地区") else f"{name}人民政府办公室"
    subordinate = _subordinates(reporter, round((size + arrivals) * names["sub_share"].get(reporter.kind, 0)), rng)
    temporary = int(rng.random() < load("region")["organisations"]["temporary_chance"][reporter.kind])
    heads, pool = names["first"][reporter.kind], names["pool"][reporter.kind]
    wanted = size + arrivals - len(heads) - len(subordinate) - temporary
    chosen = [(entry, False) for entry in draw_some(pool, max(0, wanted), rng)]
    arrived = [chosen.pop(int(rng.integers(len(chosen)))) for _ in range(min(arrivals, max(0, len(chosen) - 1)))]
    ordered = [(pattern.format(n=name, government=government), level, sector, False) for pattern, sector in heads]
    ordered += [(pattern.format(n=name), level, sector, False) for (pattern, sector), _ in chosen]
    ordered += [(text, names["sub_level"][reporter.kind], names["sub_sector"], False) for text in subordinate]
    if temporary:
        pattern = names["temporary"][int(rng.integers(len(names["temporary"])))]
        ordered.append((pattern.format(n="自治区" if reporter.kind == "region" else name), level, "other", True))
    yield from ordered
    yield from ((pattern.format(n=name), level, sector, False) for (pattern, sector), _ in arrived)


def _subordinates(reporter: Reporter, count: int, rng: np.random.Generator) -> list[str]:
    names = load("names")
    if reporter.kind == "corps_division":
        regiments = names["corps_names"][reporter.code]["regiments"]
        return [f"{reporter.short_name}{regiment}" for regiment in draw_some(regiments, count, rng)]
    if reporter.name.endswith("区"):
        return [f"{reporter.name}{street}办事处" for street in draw_some(names["streets"], count, rng)]
    return [f"{reporter.name}{town}人民政府" for town in draw_some(names["towns"], count, rng)]


def _key_dates(reporter: Reporter, start: date, end: date, rng: np.random.Generator) -> tuple[date | None, date | None]:
    """Since when, and until when, an organisation counts among the 重要涉密单位 (Art. 28)."""
    settings = load("region")["organisations"]
    if rng.random() >= settings["key_unit_share"][reporter.kind]:
        return None, None
    since = draw_day(date(2019, 1, 1), start + (end - start) // 2, rng)
    ends = rng.random() < settings["key_unit_ended_chance"]
    return since, draw_day(max(since, start) + timedelta(days=60), end, rng) if ends else None


def organisation_rows(organisations: list[Organisation], traits: Traits, quarter: str) -> list[Row]:
    """The register as it stands at the quarter's end, typed by contract column."""
    day, month = period_end(quarter), last_month(quarter)
    body, post = traits.chance("has_body", month), traits.chance("has_post", month)
    responsible = traits.chance("has_responsibility", month)
    rows = []
    for one in organisations:
        if not one.exists_on(day):
            continue
        has_body = one.body_luck < body and one.level != "township" and not one.is_temporary
        since = known_by(one.key_since, day)
        rows.append(
            {
                "organisation_code": one.code,
                "organisation_name": one.name,
                "level": one.level,
                "sector": one.sector,
                "has_secrecy_body": has_body,
                "has_secrecy_post": has_body or one.post_luck < post,
                "has_responsibility_system": one.responsibility_luck < responsible,
                "is_temporary_body": one.is_temporary,
                "key_unit_since": since,
                "key_unit_until": known_by(one.key_until, day) if since else None,
            }
        )
    return rows


SIMULATED = Simulated(
    "organisations",
    lambda world, rng: found_organisations(world.reporter, world.traits, world.first, world.last, rng),
    lambda organisations, ask: organisation_rows(organisations, ask.world.traits, ask.period),
)
