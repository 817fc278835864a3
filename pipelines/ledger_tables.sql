CREATE TABLE IF NOT EXISTS filings (
    filing_id TEXT PRIMARY KEY, receipt_no TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL, file_name TEXT NOT NULL,
    contract TEXT, contract_version TEXT, division_code TEXT, period TEXT, received_at TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('accepted', 'accepted_with_queries', 'returned', 'refused')),
    attempt INTEGER, is_nil INTEGER NOT NULL, row_count INTEGER NOT NULL, query_count INTEGER NOT NULL,
    explained_count INTEGER NOT NULL, sheet TEXT, refusal_code TEXT, refusal_message TEXT, is_simulated INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS filings_by_hash ON filings (sha256);
CREATE INDEX IF NOT EXISTS filings_by_place ON filings (contract, division_code, period);

CREATE TABLE IF NOT EXISTS faults (
    filing_id TEXT NOT NULL REFERENCES filings (filing_id), check_id TEXT NOT NULL, strength TEXT NOT NULL, sheet TEXT,
    row INTEGER, column_name TEXT, cell TEXT, value TEXT, message TEXT NOT NULL, remedy TEXT NOT NULL, article INTEGER,
    is_explained INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS faults_by_filing ON faults (filing_id);

-- `at` is when it happened, `recorded_at` when it was entered: a filing entered from a received list has both.
CREATE TABLE IF NOT EXISTS events (
    event_id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, actor TEXT NOT NULL, reason TEXT NOT NULL,
    filing_id TEXT REFERENCES filings (filing_id), contract TEXT, division_code TEXT, period TEXT, detail TEXT NOT NULL,
    recorded_at TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS events_by_kind ON events (kind, period);
CREATE INDEX IF NOT EXISTS events_by_filing ON events (filing_id);

-- The ledger is only ever added to. INSERT OR REPLACE deletes without the delete trigger, so a known key is refused too.
CREATE TRIGGER IF NOT EXISTS filings_keep BEFORE UPDATE ON filings
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能修改：filings'); END;
CREATE TRIGGER IF NOT EXISTS filings_stay BEFORE DELETE ON filings
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能删除：filings'); END;
CREATE TRIGGER IF NOT EXISTS filings_once BEFORE INSERT ON filings
WHEN EXISTS (SELECT 1 FROM filings WHERE filing_id = NEW.filing_id OR receipt_no = NEW.receipt_no)
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能替换：filings'); END;

CREATE TRIGGER IF NOT EXISTS faults_keep BEFORE UPDATE ON faults
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能修改：faults'); END;
CREATE TRIGGER IF NOT EXISTS faults_stay BEFORE DELETE ON faults
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能删除：faults'); END;
CREATE TRIGGER IF NOT EXISTS faults_once BEFORE INSERT ON faults
WHEN EXISTS (SELECT 1 FROM faults WHERE rowid = NEW.rowid)
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能替换：faults'); END;

CREATE TRIGGER IF NOT EXISTS events_keep BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能修改：events'); END;
CREATE TRIGGER IF NOT EXISTS events_stay BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能删除：events'); END;
CREATE TRIGGER IF NOT EXISTS events_once BEFORE INSERT ON events
WHEN EXISTS (SELECT 1 FROM events WHERE event_id = NEW.event_id)
BEGIN SELECT RAISE(ABORT, '台账只能增加，不能替换：events'); END;
