-- What may leave the phone: when the hub first said that it holds a thing, and which runs are over here.
-- A time of the hub is compared with a time of the hub only: how far its backups reach.

-- When a receipt first named it in this life of the hub's store, by the hub's clock; null until then.
ALTER TABLE facts ADD COLUMN held_at_ms INTEGER;
ALTER TABLE blobs ADD COLUMN held_at_ms INTEGER;

-- Runs that this phone has no business with any more. One that comes back is taken out again.
CREATE TABLE runs_left (
    run_id TEXT PRIMARY KEY CHECK (length(run_id) > 0)
) STRICT, WITHOUT ROWID;
