-- Who may be at the door: browsers, guardians of minors, entries that ended,
-- and what an organizer switches while a contest runs.

-- The browsers a person has signed in on. ended_at is -1 while it may be used.
-- `browser` is a family and a system ("Chrome, Android"), never the header as sent.
CREATE TABLE device (
	person_id BIGINT NOT NULL REFERENCES person (id),
	device BIGINT NOT NULL,
	browser TEXT NOT NULL,
	shared BIGINT NOT NULL CHECK (shared IN (0, 1)),
	signed_in_at BIGINT NOT NULL,
	ended_at BIGINT NOT NULL,
	PRIMARY KEY (person_id, device)
);

-- Who agreed for an entry of someone under 16; `publish_*` say whether guardian
-- and child agree that the child's full name is published.
CREATE TABLE guardian (
	entry_id BIGINT NOT NULL PRIMARY KEY REFERENCES entry (id),
	name_sealed BYTEA NOT NULL,
	agreed_at BIGINT NOT NULL,
	publish_guardian BIGINT NOT NULL CHECK (publish_guardian IN (0, 1)),
	publish_child BIGINT NOT NULL CHECK (publish_child IN (0, 1))
);

-- An entry that takes part no more; its papers stay and do not count. Kind 1:
-- the person withdrew consent; 2: it was merged into `into_entry` (else -1).
CREATE TABLE entry_end (
	entry_id BIGINT NOT NULL PRIMARY KEY REFERENCES entry (id),
	kind BIGINT NOT NULL CHECK (kind IN (1, 2)),
	into_entry BIGINT NOT NULL,
	ended_at BIGINT NOT NULL
);

-- What an organizer switches while a contest runs, in place of the profile's
-- standing value ("surge": 1 on, 0 off).
CREATE TABLE contest_switch (
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	name TEXT NOT NULL,
	value BIGINT NOT NULL,
	set_at BIGINT NOT NULL,
	PRIMARY KEY (contest_id, name)
);

-- A person is erased by number, in slices of a hundred.
CREATE INDEX entry_person ON entry (person_id);
CREATE INDEX identity_person ON identity (person_id);
