-- What time alone raises, what is wrong with a device rather than with a job, and a cheaper journal.

-- Facts, kept in the order of their journals and found by job or by acceptance: three trees, where there
-- were five. A phone that comes back after a day writes hundreds of rows at once.
CREATE TABLE seals_kept AS SELECT * FROM seals;
DROP TABLE seals;

CREATE TABLE facts_anew (
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
    accepted_no    INTEGER,
    PRIMARY KEY (device_id, epoch, seq),
    FOREIGN KEY (device_id, epoch) REFERENCES epochs (device_id, epoch),
    CHECK ((verdict = 'accepted') = (accepted_no IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO facts_anew
    SELECT device_id, epoch, seq, hash, bytes, run_id, job_id, kind, blob, verdict, code, received_at_ms,
           settled_at_ms, accepted_no
    FROM facts;
DROP TABLE facts;
ALTER TABLE facts_anew RENAME TO facts;

CREATE UNIQUE INDEX facts_by_acceptance ON facts (accepted_no) WHERE accepted_no IS NOT NULL;
CREATE INDEX facts_by_job ON facts (run_id, job_id, accepted_no);
CREATE INDEX facts_by_blob ON facts (blob) WHERE blob IS NOT NULL;
CREATE INDEX facts_unknown ON facts (device_id) WHERE kind = 'unknown';
CREATE INDEX facts_not_accepted ON facts (device_id, received_at_ms) WHERE verdict <> 'accepted';
CREATE INDEX facts_settled ON facts (device_id, settled_at_ms) WHERE settled_at_ms IS NOT NULL;

CREATE TABLE seals (
    device_id BLOB    NOT NULL,
    epoch     INTEGER NOT NULL,
    -- The fact that the journal ended with when it was sealed.
    seq       INTEGER NOT NULL CHECK (seq >= 1),
    -- The signature of a `COSE_Sign1` with ES256 and a detached payload.
    seal      BLOB    NOT NULL CHECK (length(seal) = 64),
    PRIMARY KEY (device_id, epoch, seq),
    FOREIGN KEY (device_id, epoch, seq) REFERENCES facts (device_id, epoch, seq)
) STRICT;
INSERT INTO seals SELECT device_id, epoch, seq, seal FROM seals_kept;
DROP TABLE seals_kept;

CREATE TABLE job_states_anew (
    run_id        TEXT    NOT NULL,
    job_id        TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    outcome_at_ms INTEGER,
    verdict       TEXT    NOT NULL CHECK (verdict IN ('ready', 'ready_with_difference', 'blocked')),
    -- Verdict and reasons as JSON.
    readiness     TEXT    NOT NULL,
    -- When the job's cases are to be judged again although nothing new is heard of it.
    look_at_ms    INTEGER,
    PRIMARY KEY (run_id, job_id),
    FOREIGN KEY (run_id, job_id) REFERENCES jobs (run_id, job_id)
) STRICT, WITHOUT ROWID;
INSERT INTO job_states_anew
    SELECT run_id, job_id, status, outcome_at_ms, verdict, readiness, NULL FROM job_states;
DROP TABLE job_states;
ALTER TABLE job_states_anew RENAME TO job_states;
CREATE INDEX job_states_to_look_at ON job_states (look_at_ms) WHERE look_at_ms IS NOT NULL;

-- Nobody's delivery went wrong, but something behind it did. Kept apart from the cases of the business.
CREATE TABLE incidents (
    device_id     BLOB    NOT NULL REFERENCES devices (device_id),
    incident_word TEXT    NOT NULL,
    -- What it is about within the device: a journal forks at one point once.
    about         TEXT    NOT NULL,
    opened_at_ms  INTEGER NOT NULL,
    due_at_ms     INTEGER NOT NULL,
    closed_at_ms  INTEGER,
    PRIMARY KEY (device_id, incident_word, about)
) STRICT;
