"""Every indicator once more, by another hand: one plain function each, in pandas, from rows as filed.

A twin is written from the sentence `how` of the catalogue, not from the SQL, and shares no line with it. Each module
here is a dimension; `tests/spec/test_recomputed.py` compares every cell and asks for the twin of every indicator.
"""

from importlib import import_module
from pathlib import Path

for _path in sorted(Path(__file__).parent.glob("[a-z]*.py")):
    import_module(f"{__name__}.{_path.stem}")
