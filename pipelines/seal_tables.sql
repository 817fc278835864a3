-- Seals (schema 4): what each transaction added to filings, faults and events, as it was written. A seal covers the rows
-- `first_row` to `last_row` (rowid) of one table: `row_checks` holds eight hex digits (CRC-32) for each row, so that an altered
-- row can be named; `content_sha256` stands for all of them. The seals are one hash chain, as the handling steps are.
CREATE TABLE IF NOT EXISTS seals (
    seal_id INTEGER PRIMARY KEY, table_name TEXT NOT NULL, first_row INTEGER NOT NULL, last_row INTEGER NOT NULL,
    row_checks TEXT NOT NULL, content_sha256 TEXT NOT NULL, recorded_at TEXT NOT NULL, previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
) STRICT;

CREATE TRIGGER IF NOT EXISTS seals_keep BEFORE UPDATE ON seals
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能修改：seals'); END;
CREATE TRIGGER IF NOT EXISTS seals_stay BEFORE DELETE ON seals
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能删除：seals'); END;
CREATE TRIGGER IF NOT EXISTS seals_once BEFORE INSERT ON seals
WHEN EXISTS (SELECT 1 FROM seals WHERE seal_id = NEW.seal_id OR hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能替换：seals'); END;
