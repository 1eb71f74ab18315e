-- The phone's record: what this device wrote, what it was told, and what it still has to send.
-- State is not stored: it is folded from plans and facts whenever the app opens.

-- Small values by name: the hub's store as we know it, cursors, whether we were closed cleanly.
CREATE TABLE marks (
    name  TEXT PRIMARY KEY CHECK (length(name) > 0),
    value BLOB NOT NULL
) STRICT;

-- One row for each uninterrupted life of this device's journal.
CREATE TABLE epochs (
    epoch          INTEGER PRIMARY KEY,          -- counts upwards; the lower half is random
    genesis        BLOB    NOT NULL,             -- CBOR: device, epoch, after which fact
    receipted_seq  INTEGER NOT NULL DEFAULT -1   -- up to where a receipt of the hub names it; -1: unknown there
        CHECK (receipted_seq >= -1)
) STRICT;

-- What happened, as this device wrote it down. Rows are added and never changed, but for the verdict.
CREATE TABLE facts (
    epoch   INTEGER NOT NULL REFERENCES epochs (epoch),
    seq     INTEGER NOT NULL CHECK (seq > 0),
    hash    BLOB    NOT NULL CHECK (length(hash) = 32),   -- of this fact and all before it
    bytes   BLOB    NOT NULL CHECK (length(bytes) > 0),   -- canonical CBOR: what is signed and sent
    verdict TEXT    CHECK (verdict IN ('parked', 'quarantined')),   -- what the hub said, if not simply accepted
    code    TEXT,                                          -- and why
    PRIMARY KEY (epoch, seq)
) STRICT, WITHOUT ROWID;

-- What other devices wrote about runs that this one holds. The hub checked it.
CREATE TABLE foreign_facts (
    device BLOB    NOT NULL CHECK (length(device) = 16),
    epoch  INTEGER NOT NULL,
    seq    INTEGER NOT NULL CHECK (seq > 0),
    bytes  BLOB    NOT NULL CHECK (length(bytes) > 0),
    PRIMARY KEY (device, epoch, seq)
) STRICT, WITHOUT ROWID;

-- One Automerge document a run.
CREATE TABLE plans (
    run_id    TEXT PRIMARY KEY CHECK (length(run_id) > 0),
    document  BLOB NOT NULL,
    hub_heads BLOB NOT NULL   -- CBOR: the newest changes that the hub is known to hold
) STRICT, WITHOUT ROWID;

-- Evidence. The bytes are files named by their hash; a row is written only after the file is durable.
CREATE TABLE blobs (
    hash    BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    bytes   INTEGER NOT NULL CHECK (bytes > 0),
    mime    TEXT    NOT NULL,
    is_held INTEGER NOT NULL DEFAULT 0 CHECK (is_held IN (0, 1))   -- a receipt of the hub names it
) STRICT, WITHOUT ROWID;

-- Half-written input, so that a killed app loses no stroke. The screen alone knows what it means.
CREATE TABLE drafts (
    run_id TEXT NOT NULL,
    job_id TEXT NOT NULL,
    draft  TEXT NOT NULL,
    PRIMARY KEY (run_id, job_id)
) STRICT, WITHOUT ROWID;
