-- The hub's first store. What was said (plans, facts, blobs) is kept as it came; everything under
-- "what follows from it" can be thrown away and folded again, save the feed, which others have read.
--
-- Times are UTC milliseconds. Words are the words of the JSON. Ids of devices, hashes and tokens are
-- bytes. An epoch is a u64 kept bit for bit in a signed column.

-- This store: one row.
CREATE TABLE meta (
    id            INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    store_id      BLOB    NOT NULL CHECK (length(store_id) = 16),
    -- Counts the times the store was restored from a backup.
    store_epoch   INTEGER NOT NULL CHECK (store_epoch >= 1),
    -- The secret that receipts are signed with.
    hub_secret    BLOB    NOT NULL CHECK (length(hub_secret) = 32),
    company       TEXT    NOT NULL CHECK (company <> ''),
    created_at_ms INTEGER NOT NULL
) STRICT;

-- The rules by version; the highest is in force.
CREATE TABLE policies (
    version INTEGER NOT NULL PRIMARY KEY CHECK (version >= 1),
    bytes   BLOB    NOT NULL
) STRICT;

CREATE TABLE people (
    person_id     TEXT NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL CHECK (name <> ''),
    role          TEXT NOT NULL CHECK (role IN ('driver', 'loader', 'dispatcher', 'finance', 'admin')),
    -- Only who signs in at the office has these.
    login         TEXT UNIQUE,
    password_hash TEXT,
    CHECK ((login IS NULL) = (password_hash IS NULL))
) STRICT;

-- Whose work a person may see.
CREATE TABLE person_depots (
    person_id TEXT NOT NULL REFERENCES people (person_id),
    depot_id  TEXT NOT NULL,
    PRIMARY KEY (person_id, depot_id)
) STRICT;

CREATE TABLE sessions (
    -- The token itself is shown once and never kept.
    token_hash    BLOB    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    person_id     TEXT    NOT NULL REFERENCES people (person_id),
    expires_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE devices (
    device_id       BLOB    NOT NULL PRIMARY KEY CHECK (length(device_id) = 16),
    name            TEXT    NOT NULL,
    public_key      BLOB    NOT NULL UNIQUE CHECK (length(public_key) = 33),
    token_hash      BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    person_id       TEXT    NOT NULL REFERENCES people (person_id),
    depot_id        TEXT    NOT NULL,
    enrolled_at_ms  INTEGER NOT NULL,
    last_contact_ms INTEGER,
    revoked_at_ms   INTEGER
) STRICT;
CREATE INDEX devices_by_person ON devices (person_id);

-- Invitations: each good once, for a short time.
CREATE TABLE enrolments (
    code_hash     BLOB    NOT NULL PRIMARY KEY CHECK (length(code_hash) = 32),
    person_id     TEXT    NOT NULL REFERENCES people (person_id),
    depot_id      TEXT    NOT NULL,
    expires_at_ms INTEGER NOT NULL,
    -- Which device used it. The same device may ask again if the answer was lost.
    used_by       BLOB    REFERENCES devices (device_id)
) STRICT;

-- What people agreed to do -------------------------------------------------------------------

CREATE TABLE runs (
    run_id    TEXT NOT NULL PRIMARY KEY,
    depot_id  TEXT NOT NULL,
    day       TEXT NOT NULL CHECK (length(day) = 10),
    zone      TEXT NOT NULL,
    vehicle   TEXT NOT NULL,
    driver_id TEXT NOT NULL REFERENCES people (person_id)
) STRICT;
CREATE INDEX runs_by_depot ON runs (depot_id, day);
CREATE INDEX runs_by_driver ON runs (driver_id, day);

-- The plan document of a run, whole.
CREATE TABLE plans (
    run_id   TEXT NOT NULL PRIMARY KEY REFERENCES runs (run_id),
    document BLOB NOT NULL,
    -- The hashes of its newest changes, 32 bytes each, so that an idle phone costs no loading.
    heads    BLOB NOT NULL CHECK (length(heads) % 32 = 0)
) STRICT;

-- What the plan documents say now.
CREATE TABLE jobs (
    run_id         TEXT    NOT NULL REFERENCES runs (run_id),
    job_id         TEXT    NOT NULL,
    spec           BLOB    NOT NULL,
    window_from_ms INTEGER,
    window_to_ms   INTEGER,
    note           TEXT    NOT NULL,
    standing       TEXT    NOT NULL CHECK (standing IN ('planned', 'cancelled', 'moved')),
    rank           INTEGER NOT NULL,
    has_conflict   INTEGER NOT NULL CHECK (has_conflict IN (0, 1)),
    -- What the office's own system said last, so that saying it again undoes nobody's change.
    last_put       BLOB,
    PRIMARY KEY (run_id, job_id),
    CHECK ((window_from_ms IS NULL) = (window_to_ms IS NULL))
) STRICT;

-- What happened ------------------------------------------------------------------------------

-- The lives of a device's journal that the hub has heard of.
CREATE TABLE epochs (
    device_id BLOB    NOT NULL REFERENCES devices (device_id),
    epoch     INTEGER NOT NULL,
    genesis   BLOB    NOT NULL,
    PRIMARY KEY (device_id, epoch)
) STRICT;

CREATE TABLE facts (
    device_id      BLOB    NOT NULL,
    epoch          INTEGER NOT NULL,
    seq            INTEGER NOT NULL CHECK (seq >= 1),
    -- The chain's hash at this fact.
    hash           BLOB    NOT NULL CHECK (length(hash) = 32),
    bytes          BLOB    NOT NULL,
    -- Empty for a fact that cannot be read.
    run_id         TEXT,
    job_id         TEXT,
    kind           TEXT    NOT NULL,
    -- The evidence that it names.
    blob           BLOB,
    verdict        TEXT    NOT NULL CHECK (verdict IN ('accepted', 'parked', 'quarantined')),
    code           TEXT    NOT NULL,
    received_at_ms INTEGER NOT NULL,
    -- When a fact that was parked was accepted after all.
    settled_at_ms  INTEGER,
    -- Counts acceptances without a gap: the cursor by which other phones read.
    accepted_no    INTEGER UNIQUE,
    PRIMARY KEY (device_id, epoch, seq),
    FOREIGN KEY (device_id, epoch) REFERENCES epochs (device_id, epoch),
    CHECK ((verdict = 'accepted') = (accepted_no IS NOT NULL))
) STRICT;
CREATE INDEX facts_by_job ON facts (run_id, job_id);
CREATE INDEX facts_by_acceptance ON facts (run_id, accepted_no) WHERE accepted_no IS NOT NULL;
CREATE INDEX facts_by_blob ON facts (blob) WHERE blob IS NOT NULL;
CREATE INDEX facts_unknown ON facts (device_id) WHERE kind = 'unknown';
CREATE INDEX facts_not_accepted ON facts (device_id, received_at_ms) WHERE verdict <> 'accepted';
CREATE INDEX facts_settled ON facts (device_id, settled_at_ms) WHERE settled_at_ms IS NOT NULL;

-- Evidence that the hub holds whole; its bytes are a file.
CREATE TABLE blobs (
    hash           BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
    size           INTEGER NOT NULL CHECK (size >= 0),
    mime           TEXT    NOT NULL,
    complete_at_ms INTEGER NOT NULL
) STRICT;

-- Uploads that have begun. How far they are is the length of their file.
CREATE TABLE uploads (
    device_id   BLOB    NOT NULL REFERENCES devices (device_id),
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    size        INTEGER NOT NULL CHECK (size >= 0),
    begun_at_ms INTEGER NOT NULL,
    PRIMARY KEY (device_id, hash)
) STRICT;

-- What follows from it -----------------------------------------------------------------------

CREATE TABLE job_states (
    run_id        TEXT    NOT NULL,
    job_id        TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    outcome_at_ms INTEGER,
    verdict       TEXT    NOT NULL CHECK (verdict IN ('ready', 'ready_with_difference', 'blocked')),
    -- Verdict and reasons as JSON.
    readiness     TEXT    NOT NULL,
    PRIMARY KEY (run_id, job_id),
    FOREIGN KEY (run_id, job_id) REFERENCES jobs (run_id, job_id)
) STRICT;

-- What the office has to look at. A case that its state no longer raises is closed, not removed.
CREATE TABLE cases (
    run_id       TEXT    NOT NULL,
    job_id       TEXT    NOT NULL,
    trigger_word TEXT    NOT NULL,
    opened_at_ms INTEGER NOT NULL,
    due_at_ms    INTEGER NOT NULL,
    closed_at_ms INTEGER,
    PRIMARY KEY (run_id, job_id, trigger_word),
    FOREIGN KEY (run_id, job_id) REFERENCES jobs (run_id, job_id)
) STRICT;

-- What finance reads, in order and without a gap. A row never changes.
CREATE TABLE feed (
    seq             INTEGER NOT NULL PRIMARY KEY CHECK (seq >= 1),
    run_id          TEXT    NOT NULL,
    job_id          TEXT    NOT NULL,
    revision        INTEGER NOT NULL CHECK (revision >= 1),
    verdict         TEXT    NOT NULL,
    -- A hash over what an invoice depends on: equal content is not published twice.
    content_hash    BLOB    NOT NULL CHECK (length(content_hash) = 32),
    -- The entry as JSON.
    entry           TEXT    NOT NULL,
    published_at_ms INTEGER NOT NULL,
    UNIQUE (run_id, job_id, revision),
    FOREIGN KEY (run_id, job_id) REFERENCES jobs (run_id, job_id)
) STRICT;

-- What is kept for somebody to look at -------------------------------------------------------

-- Journal tails that were refused, raw.
CREATE TABLE quarantine (
    device_id      BLOB    NOT NULL REFERENCES devices (device_id),
    digest         BLOB    NOT NULL CHECK (length(digest) = 32),
    received_at_ms INTEGER NOT NULL,
    code           TEXT    NOT NULL,
    bytes          BLOB    NOT NULL,
    PRIMARY KEY (device_id, digest)
) STRICT;

-- Who did what, when.
CREATE TABLE audit (
    no    INTEGER NOT NULL PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    who   TEXT    NOT NULL,
    act   TEXT    NOT NULL,
    about TEXT    NOT NULL
) STRICT;
