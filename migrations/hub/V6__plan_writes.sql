-- What was added to the plan documents, write by write. A phone that comes back lacks a few changes; they are
-- sent as they are kept here, and no document is loaded for them. All of it follows from the documents: a
-- phone whose heads are not found is answered from the document.

CREATE TABLE plan_writes (
    run_id  TEXT    NOT NULL REFERENCES plans (run_id),
    -- Counts the writes of a run's document.
    no      INTEGER NOT NULL CHECK (no >= 1),
    -- The hashes of the document's newest changes after this write, 32 bytes each.
    heads   BLOB    NOT NULL CHECK (length(heads) % 32 = 0),
    -- What was added since the write before, as a row of changes in CBOR. The first that is kept has none.
    changes BLOB    NOT NULL,
    PRIMARY KEY (run_id, no)
) STRICT, WITHOUT ROWID;
