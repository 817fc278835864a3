"""Carriers and devices (Art. 18), recomputed."""

from tests.recomputed.region import Region, capped, parts
from tests.recomputed.registry import Parts, recomputes


@recomputes("self_destroyed_share")
def self_destroyed(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("carrier_disposal", division, month, 12)
    itself = rows["self_destroyed_count"]
    return parts(rows, itself, itself + rows["centrally_destroyed_count"])


@recomputes("self_destroyed_logged_share")
def self_destroyed_logged(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("carrier_disposal", division, month, 12)
    return parts(rows, capped(rows["self_logged_count"], rows["self_destroyed_count"]), rows["self_destroyed_count"])


@recomputes("devices_handed_over_share")
def handed_over(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("carrier_disposal", division, month, 12)
    to_hand_over = rows["devices_opening_count"] + rows["devices_retired_count"]
    return parts(rows, capped(rows["devices_handed_over_count"], to_hand_over), to_hand_over)


@recomputes("devices_waiting_per_100_organisations")
def devices_waiting(region: Region, division: str, month: str) -> Parts:
    rows = region.register("carrier_disposal", division, month)
    return parts(rows, rows["devices_waiting_count"], 1)


@recomputes("disposal_log_share")
def disposal_log(region: Region, division: str, month: str) -> Parts:
    rows = region.register("carrier_disposal", division, month)
    return parts(rows, rows["has_disposal_log"], True)
