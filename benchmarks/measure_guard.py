"""How often the guard turns clean files away: every file of a simulated region, against what was planted in it.

Run it with `python -m benchmarks.measure_guard FOLDER`, where `oversight simulate --out FOLDER` has written the region.
"""

import json
import sys
from collections import Counter
from pathlib import Path

from data_contracts.loading import load_contracts
from pipelines.containers import open_container
from pipelines.faults import RefusalError
from pipelines.guard import inspect_container
from pipelines.reading import header_readers, read_parts

GUARDED = {"classification_mark", "personal_number", "personal_name"}


def main(folder: Path) -> int:
    """Print the counts and every refusal by the guard that was not planted; 0 where there is none."""
    faults = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["faults"]
    planted = {fault["file"] for fault in faults if fault["fault"] in GUARDED}
    readers = header_readers(load_contracts())
    counts: Counter[str] = Counter()
    caught, alarms = set(), []
    for path in sorted(path for path in (folder / "报送").rglob("*") if path.is_file()):
        content, name = path.read_bytes(), path.relative_to(folder).as_posix()
        counts[f"files {path.suffix}"] += 1
        try:
            counts[f"cells searched {path.suffix}"] += inspect_container(open_container(content, path.name))[1]
            read_parts(content, path.name, readers)
        except RefusalError as error:
            if error.refusal.code in GUARDED:
                caught.add(name)
                alarms += [] if name in planted else [f"{name}: {error.refusal.code}"]
    print(dict(sorted(counts.items())))
    print(f"planted {len(planted)}, caught {len(planted & caught)}, false alarms {len(alarms)}")
    print(*alarms, sep="\n")
    return 0 if not alarms and planted <= caught else 1


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
