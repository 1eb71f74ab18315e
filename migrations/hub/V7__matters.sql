-- What happens to a run beside its jobs and somebody in the office has to look at: a defect of the vehicle, a
-- message, a departure with something wanting, other money than was taken. Each is raised by one fact and
-- follows from it; that somebody has closed it, and with which words, follows from nothing and is kept.

CREATE TABLE matters (
    -- The fact that raised it.
    device_id    BLOB    NOT NULL,
    epoch        INTEGER NOT NULL,
    seq          INTEGER NOT NULL CHECK (seq >= 1),
    run_id       TEXT    NOT NULL REFERENCES runs (run_id),
    -- Only of a message about a job. The job may be one that no plan has any more.
    job_id       TEXT,
    matter_word  TEXT    NOT NULL,
    -- What it is about, in words or stable words of the fact's own.
    text         TEXT    NOT NULL,
    opened_at_ms INTEGER NOT NULL,
    due_at_ms    INTEGER NOT NULL,
    closed_at_ms INTEGER,
    -- Who closed it, and what they wrote.
    closed_by    TEXT,
    note         TEXT,
    PRIMARY KEY (device_id, epoch, seq),
    FOREIGN KEY (device_id, epoch, seq) REFERENCES facts (device_id, epoch, seq),
    CHECK ((closed_at_ms IS NULL) = (closed_by IS NULL)),
    CHECK ((closed_at_ms IS NULL) = (note IS NULL))
) STRICT;
CREATE INDEX matters_by_run ON matters (run_id);
CREATE INDEX matters_open ON matters (due_at_ms) WHERE closed_at_ms IS NULL;
