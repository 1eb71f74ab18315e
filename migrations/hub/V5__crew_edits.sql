-- What crews write in the plan beyond the order of jobs. All of it follows from the plan documents.

-- What is to be known about a job's site, as office and crew keep it.
ALTER TABLE jobs ADD COLUMN site_note TEXT NOT NULL DEFAULT '';
-- Where the crew says that the entrance is, as CBOR.
ALTER TABLE jobs ADD COLUMN pin BLOB;
-- Only of a job that the crew added: how far it is agreed to.
ALTER TABLE jobs ADD COLUMN added TEXT CHECK (added IN ('proposed', 'confirmed'));
