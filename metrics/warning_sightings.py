"""What the rules saw in each month, kept in the snapshot: the next build takes it over for months that are settled.

A warning that stands has its words and its evidence from the newest month with a cause, which may be a settled one. So
`sightings` keeps what was seen of every subject (also where a stronger rule speaks for it, or where nothing could be
judged), and `untold_evidence` the rows behind what was not told; those behind what was told are `warning_evidence`.
"""

from collections.abc import Iterable, Mapping, Sequence

import duckdb
import pandas as pd

from metrics.warning_continuity import UNKNOWN, Sighting, Standing, Subject
from metrics.warning_judgement import Cause, plain
from metrics.warning_observations import read_sql

CauseKey = tuple[Subject, str]
_WORDS = ("subject_title", "value", "cut_off", "title", "message", "measure", "clock_days", "actor", "kind", "article",
          "indicator")  # fmt: skip
_COLUMNS = ["rule", "division_code", "subject", "period", "tier", "calm_periods", *_WORDS]


def write_sightings(
    connection: duckdb.DuckDBPyConnection, causes: Mapping[CauseKey, Cause], unknown: Iterable[Sighting]
) -> None:
    """Write the table `sightings`: causes with their words, and what could not be judged."""
    rows = [
        (*cause.about, cause.period, cause.tier, cause.calm_periods, *(getattr(cause, name) for name in _WORDS))
        for cause in causes.values()
    ]
    nothing = (None,) * len(_WORDS)
    rows += [(*one.about, one.period, one.tier, one.calm_periods, *nothing) for one in unknown]
    frame = pd.DataFrame(rows, columns=_COLUMNS).astype({"value": float, "cut_off": float})
    connection.register("incoming_sightings", frame)
    connection.execute(read_sql("write_sightings"))
    connection.unregister("incoming_sightings")


def settled_sightings(
    connection: duckdb.DuckDBPyConnection, seen_now: Iterable[Sighting], recent_from: str
) -> list[Sighting]:
    """What was seen in settled months of the subjects that may stand in an open one.

    Args:
        connection: holds `settled_sightings` and `divisions`.
        seen_now: of open months.
        recent_from: a warning of which there is no sighting from this month on is closed by the first open one.
    """
    subjects = pd.DataFrame(list(dict.fromkeys(one.about for one in seen_now)), columns=_COLUMNS[:3], dtype=str)
    connection.register("seen_now", subjects)
    rows = connection.execute(read_sql("settled_sightings"), {"recent_from": recent_from}).fetchall()
    connection.unregister("seen_now")
    return [Sighting(Subject(*row[:3]), *row[3:]) for row in rows]


def settled_causes(connection: duckdb.DuckDBPyConnection, keys: Iterable[CauseKey]) -> dict[CauseKey, Cause]:
    """Those of the causes that were seen in settled months, without their evidence."""
    wanted = pd.DataFrame([(*about, period) for about, period in keys], columns=_COLUMNS[:4])
    connection.register("wanted_causes", wanted)
    rows = connection.execute(read_sql("settled_causes"), {"unknown": UNKNOWN}).fetchall()
    connection.unregister("wanted_causes")
    found = {}
    for row in rows:
        one = dict(zip(_COLUMNS, map(plain, row), strict=True))
        about = Subject(one.pop("rule"), one.pop("division_code"), one.pop("subject"))
        found[about, str(one["period"])] = Cause(about=about, evidence=(), **one)
    return found


def write_settled_evidence(connection: duckdb.DuckDBPyConnection, told: Sequence[Standing]) -> None:
    """Add to `warning_evidence` what standing warnings rest on that were last seen in a settled month."""
    rows = [(one.warning_id, one.period, one.cause_period) for one in told]
    connection.register("carried", pd.DataFrame(rows, columns=["warning_id", "period", "cause_period"]))
    connection.execute(read_sql("write_settled_evidence"))
    connection.unregister("carried")
