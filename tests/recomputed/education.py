"""Education, people and means (Art. 5, 7–11, 29), recomputed."""

import numpy as np

from tests.recomputed.region import Region, parts
from tests.recomputed.registry import Parts, recomputes


@recomputes("trained_share")
def trained(region: Region, division: str, month: str) -> Parts:
    rows = region.tallies("training", division, month, 12)
    to_train = rows["posts_to_train_count"]
    return parts(rows, np.minimum(rows["posts_trained_count"], to_train), to_train)


@recomputes("secrecy_body_share")
def body_or_post(region: Region, division: str, month: str) -> Parts:
    rows = region.register("organisations", division, month)
    return parts(rows, rows["has_secrecy_body"] | rows["has_secrecy_post"], True)
