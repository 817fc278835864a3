-- Accounts of posts (schema 1). `audit` is only ever added to; `accounts` says how things stand now, and every change of it
-- leaves its digest in `audit`, so a row changed by hand is found.
CREATE TABLE IF NOT EXISTS accounts (
    account_id TEXT PRIMARY KEY, title TEXT NOT NULL,
    role TEXT CHECK (role IN ('analyst', 'leader', 'reporter', 'system_admin', 'security_admin', 'auditor')),
    division_code TEXT, password_hash TEXT NOT NULL, must_change INTEGER NOT NULL, is_released INTEGER NOT NULL,
    is_disabled INTEGER NOT NULL, is_demo INTEGER NOT NULL, failures INTEGER NOT NULL, locked_until TEXT,
    password_set_at TEXT, created_at TEXT NOT NULL
) STRICT;

-- A session is known by the hash of its token: who reads this file cannot enter with it.
CREATE TABLE IF NOT EXISTS sessions (
    token_hash TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts (account_id), started_at TEXT NOT NULL,
    seen_at TEXT NOT NULL, address TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sessions_by_account ON sessions (account_id);

CREATE TABLE IF NOT EXISTS audit (
    entry_id INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, actor TEXT NOT NULL, subject TEXT NOT NULL,
    address TEXT NOT NULL, detail TEXT NOT NULL, account_digest TEXT NOT NULL, previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE INDEX IF NOT EXISTS audit_by_kind ON audit (kind, at);

CREATE TRIGGER IF NOT EXISTS audit_keep BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, '审计只能增加，不能修改'); END;
CREATE TRIGGER IF NOT EXISTS audit_stay BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, '审计只能增加，不能删除'); END;
CREATE TRIGGER IF NOT EXISTS audit_once BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE entry_id = NEW.entry_id OR hash = NEW.hash)
BEGIN SELECT RAISE(ABORT, '审计只能增加，不能替换'); END;
