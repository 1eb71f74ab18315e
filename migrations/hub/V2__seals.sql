-- The seals that tails of journals came with. A fact that is held is worth as much as the seal at or
-- behind it: with the seal, anybody can check offline that the phone wrote it and nobody changed it.

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
