-- Papers that were drafted and signed (schema 5; under seal): `number` counts those of a kind within a year and is never used twice; `fields` is what
-- the template was filled with, so that the signed paper says what the draft said. Only ever added to.
CREATE TABLE IF NOT EXISTS productions (
    production_id INTEGER PRIMARY KEY, at TEXT NOT NULL, action TEXT NOT NULL CHECK (action IN ('drafted', 'signed')),
    kind TEXT NOT NULL, year INTEGER NOT NULL, number INTEGER NOT NULL, paper_no TEXT NOT NULL, source TEXT NOT NULL,
    division_code TEXT NOT NULL, actor TEXT NOT NULL, snapshot_id TEXT, sha256 TEXT NOT NULL, fields TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS productions_by_number ON productions (kind, year, number, action);

CREATE TRIGGER IF NOT EXISTS productions_keep BEFORE UPDATE ON productions
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能修改：productions'); END;
CREATE TRIGGER IF NOT EXISTS productions_stay BEFORE DELETE ON productions
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能删除：productions'); END;
CREATE TRIGGER IF NOT EXISTS productions_once BEFORE INSERT ON productions
WHEN EXISTS (
    SELECT 1 FROM productions WHERE production_id = NEW.production_id
    OR (kind = NEW.kind AND year = NEW.year AND number = NEW.number AND action = NEW.action)
)
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能替换：productions'); END;
