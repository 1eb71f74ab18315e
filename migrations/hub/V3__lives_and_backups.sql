-- A store that is restored from a backup goes on as another life of itself: what it handed out after the
-- backup was taken is not known to it. The feed's readers have to hear of that, and phones have to
-- hear up to where a backup holds what they sent.

-- The lives that began with a restore. The first life, number 1, began with nothing and is not here.
CREATE TABLE lives (
    store_epoch INTEGER NOT NULL PRIMARY KEY CHECK (store_epoch > 1),
    began_at_ms INTEGER NOT NULL,
    -- The last number of the feed that this life took over. What a life before it published behind that
    -- number is not known here, and its numbers are given out again.
    feed_seq    INTEGER NOT NULL CHECK (feed_seq >= 0)
) STRICT;
INSERT INTO lives (store_epoch, began_at_ms, feed_seq)
    SELECT store_epoch, created_at_ms, (SELECT COALESCE(MAX(seq), 0) FROM feed)
    FROM meta WHERE store_epoch > 1;

-- Backups that are whole.
CREATE TABLE backups (
    -- What was received before this moment is in it.
    taken_at_ms INTEGER NOT NULL PRIMARY KEY,
    name        TEXT    NOT NULL
) STRICT;
