-- How warnings are worked (schema 3): every step taken, and every step that was refused, in one chain. `number` counts the
-- steps of one warning from 1 and is null for a refused one; `seen` is the step that the actor had before them. `hash` is the
-- SHA-256 of everything else in the row, and so of `previous_hash` too: a row altered by hand no longer fits its own hash
-- or the row after it.
CREATE TABLE IF NOT EXISTS handling_steps (
    step_id INTEGER PRIMARY KEY, warning_id TEXT NOT NULL, number INTEGER, step TEXT NOT NULL, action TEXT NOT NULL,
    from_state TEXT NOT NULL, to_state TEXT NOT NULL, tier TEXT NOT NULL, rule TEXT NOT NULL, division_code TEXT NOT NULL,
    actor TEXT NOT NULL, role TEXT NOT NULL, acting_for TEXT NOT NULL, at TEXT NOT NULL, note TEXT NOT NULL,
    attachment_sha256 TEXT, due_on TEXT, seen INTEGER NOT NULL, refusal TEXT, detail TEXT NOT NULL,
    previous_hash TEXT NOT NULL, hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS handling_steps_by_warning ON handling_steps (warning_id, number);

CREATE TRIGGER IF NOT EXISTS handling_steps_keep BEFORE UPDATE ON handling_steps
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能修改：handling_steps'); END;
CREATE TRIGGER IF NOT EXISTS handling_steps_stay BEFORE DELETE ON handling_steps
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能删除：handling_steps'); END;
CREATE TRIGGER IF NOT EXISTS handling_steps_once BEFORE INSERT ON handling_steps
WHEN EXISTS (
    SELECT 1 FROM handling_steps
    WHERE step_id = NEW.step_id OR hash = NEW.hash OR (warning_id = NEW.warning_id AND number = NEW.number)
)
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能替换：handling_steps'); END;
