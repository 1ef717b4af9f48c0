-- The first schema. Types are PostgreSQL's; for SQLite three words are
-- rewritten and STRICT is added (store/migrate.c). Times are ms since 1970 UTC;
-- -1 or '' stands for "none", no column is NULL. Ids are made by the program
-- (base/id.h). Columns named *_sealed hold personal data or questions
-- encrypted under keys that live elsewhere; *_index are keyed hashes.
-- Nothing is deleted but by the retention job.

-- What this folder is: rehearsal or real, and the like.
CREATE TABLE setting (
	name TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
);

-- Which running process may use which node number in ids, and runs which job.
CREATE TABLE lease (
	name TEXT NOT NULL PRIMARY KEY,
	holder BIGINT NOT NULL,
	until_ms BIGINT NOT NULL
);

CREATE TABLE contest (
	id BIGINT NOT NULL PRIMARY KEY,
	code TEXT NOT NULL UNIQUE,
	created_at BIGINT NOT NULL,
	listed BIGINT NOT NULL CHECK (listed IN (0, 1))
);

-- A profile as it was applied; papers keep the version they began with.
CREATE TABLE rules_version (
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	version BIGINT NOT NULL,
	profile TEXT NOT NULL,
	profile_hash BYTEA NOT NULL,
	decision_no TEXT NOT NULL,
	effective_at BIGINT NOT NULL,
	applied_at BIGINT NOT NULL,
	PRIMARY KEY (contest_id, version)
);

-- Rounds and groups have ids of their own, so that a renaming in the profile
-- does not touch papers; `number` is their place in the profile.
CREATE TABLE round (
	id BIGINT NOT NULL PRIMARY KEY,
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	code TEXT NOT NULL,
	UNIQUE (contest_id, code)
);

CREATE TABLE contest_group (
	id BIGINT NOT NULL PRIMARY KEY,
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	code TEXT NOT NULL,
	UNIQUE (contest_id, code)
);

-- Questions never change: another text is another version.
CREATE TABLE question_version (
	id BIGINT NOT NULL PRIMARY KEY,
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	code TEXT NOT NULL,
	topic TEXT NOT NULL,
	difficulty BIGINT NOT NULL,
	key_sealed BYTEA NOT NULL,
	hash BYTEA NOT NULL,
	created_at BIGINT NOT NULL
);

CREATE TABLE question_text (
	question_id BIGINT NOT NULL REFERENCES question_version (id),
	lang TEXT NOT NULL,
	text_sealed BYTEA NOT NULL,
	PRIMARY KEY (question_id, lang)
);

-- Pictures and sound of questions, by the SHA-256 of their bytes.
CREATE TABLE media (
	sha256 BYTEA NOT NULL PRIMARY KEY,
	type TEXT NOT NULL,
	bytes_sealed BYTEA NOT NULL
);

CREATE TABLE question_media (
	question_id BIGINT NOT NULL REFERENCES question_version (id),
	sha256 BYTEA NOT NULL REFERENCES media (sha256),
	name TEXT NOT NULL,
	PRIMARY KEY (question_id, name)
);

-- A bank version is an ordered list of question versions: papers draw numbers
-- in it.
CREATE TABLE bank_version (
	id BIGINT NOT NULL PRIMARY KEY,
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	code TEXT NOT NULL,
	version BIGINT NOT NULL,
	file_hash BYTEA NOT NULL,
	file_sealed BYTEA NOT NULL,
	created_at BIGINT NOT NULL,
	UNIQUE (contest_id, code, version)
);

CREATE TABLE bank_item (
	bank_id BIGINT NOT NULL REFERENCES bank_version (id),
	number BIGINT NOT NULL,
	question_id BIGINT NOT NULL REFERENCES question_version (id),
	PRIMARY KEY (bank_id, number)
);

-- An agency or a place, for good; what it is called and which code it has are
-- dated, because both change and codes are used again for others.
CREATE TABLE unit (
	id BIGINT NOT NULL PRIMARY KEY,
	created_at BIGINT NOT NULL
);

CREATE TABLE unit_version (
	unit_id BIGINT NOT NULL REFERENCES unit (id),
	valid_from BIGINT NOT NULL,
	valid_to BIGINT NOT NULL,
	name TEXT NOT NULL,
	short_name TEXT NOT NULL,
	official_code TEXT NOT NULL,
	PRIMARY KEY (unit_id, valid_from)
);

-- The tree as a contest uses it: a copy of its own.
CREATE TABLE contest_unit (
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	unit_id BIGINT NOT NULL REFERENCES unit (id),
	code TEXT NOT NULL,
	parent_id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	kind BIGINT NOT NULL,
	block TEXT NOT NULL,
	name TEXT NOT NULL,
	short_name TEXT NOT NULL,
	official_code TEXT NOT NULL,
	aliases TEXT NOT NULL,
	search_folded TEXT NOT NULL,
	headcount BIGINT NOT NULL,
	PRIMARY KEY (contest_id, unit_id),
	UNIQUE (contest_id, code)
);

-- Pages of a contest: guide, FAQ, news, as Markdown.
CREATE TABLE article (
	id BIGINT NOT NULL PRIMARY KEY,
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	kind TEXT NOT NULL,
	slug TEXT NOT NULL,
	title TEXT NOT NULL,
	summary TEXT NOT NULL,
	dated TEXT NOT NULL,
	markdown TEXT NOT NULL,
	updated_at BIGINT NOT NULL,
	active BIGINT NOT NULL CHECK (active IN (0, 1)),
	UNIQUE (contest_id, kind, slug)
);

-- Who may not take part: by name and birth, by phone, or a whole unit.
CREATE TABLE exclusion (
	id BIGINT NOT NULL PRIMARY KEY,
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	name_birth_index BYTEA NOT NULL,
	name_year_index BYTEA NOT NULL,
	phone_index BYTEA NOT NULL,
	unit_id BIGINT NOT NULL,
	who_sealed BYTEA NOT NULL,
	reason TEXT NOT NULL,
	active BIGINT NOT NULL CHECK (active IN (0, 1))
);

-- People of the site. Personal data stands in person_data only.
CREATE TABLE person (
	id BIGINT NOT NULL PRIMARY KEY,
	created_at BIGINT NOT NULL,
	epoch BIGINT NOT NULL,
	erased_at BIGINT NOT NULL
);

CREATE TABLE person_data (
	person_id BIGINT NOT NULL PRIMARY KEY REFERENCES person (id),
	name_sealed BYTEA NOT NULL,
	birth_sealed BYTEA NOT NULL,
	phone_sealed BYTEA NOT NULL,
	name_birth_index BYTEA NOT NULL,
	password_hash TEXT NOT NULL
);
CREATE INDEX person_data_name_birth ON person_data (name_birth_index);

-- Ways to find a person: kind 1 phone + folded name + birth (unique), kind 2
-- phone (several people of a family).
CREATE TABLE identity (
	kind BIGINT NOT NULL,
	value_index BYTEA NOT NULL,
	person_id BIGINT NOT NULL REFERENCES person (id),
	PRIMARY KEY (kind, value_index, person_id)
);
CREATE UNIQUE INDEX identity_is_one ON identity (value_index) WHERE kind = 1;

-- The recovery code on a person's slip (phiếu dự thi): one at a time, as a keyed
-- hash; it sets a new password once.
CREATE TABLE recovery (
	person_id BIGINT NOT NULL PRIMARY KEY REFERENCES person (id),
	code_index BYTEA NOT NULL,
	made_at BIGINT NOT NULL
);

-- A code that an operator gave out, good for a day; used_at is -1 until then.
CREATE TABLE password_reset (
	id BIGINT NOT NULL PRIMARY KEY,
	person_id BIGINT NOT NULL REFERENCES person (id),
	code_index BYTEA NOT NULL,
	actor TEXT NOT NULL,
	until_ms BIGINT NOT NULL,
	used_at BIGINT NOT NULL
);
CREATE INDEX password_reset_person ON password_reset (person_id);

-- A person in a contest.
CREATE TABLE entry (
	id BIGINT NOT NULL PRIMARY KEY,
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	person_id BIGINT NOT NULL REFERENCES person (id),
	code TEXT NOT NULL,
	group_id BIGINT NOT NULL REFERENCES contest_group (id),
	unit_id BIGINT NOT NULL REFERENCES unit (id),
	unit_written TEXT NOT NULL,
	consent_version TEXT NOT NULL,
	consent_hash BYTEA NOT NULL,
	consent_at BIGINT NOT NULL,
	registered_at BIGINT NOT NULL,
	UNIQUE (contest_id, person_id),
	UNIQUE (contest_id, code)
);

-- A paper. State: 0 open, 1 submitted. holder is the device that may save;
-- revision grows with every save; save_no is the random number of the last one.
CREATE TABLE paper (
	id BIGINT NOT NULL PRIMARY KEY,
	contest_id BIGINT NOT NULL,
	round_id BIGINT NOT NULL,
	entry_id BIGINT NOT NULL,
	group_id BIGINT NOT NULL,
	attempt BIGINT NOT NULL,
	state BIGINT NOT NULL CHECK (state IN (0, 1)),
	rules_version BIGINT NOT NULL,
	bank_id BIGINT NOT NULL,
	draw_version BIGINT NOT NULL,
	seed BYTEA NOT NULL,
	drawn BYTEA NOT NULL,
	holder BIGINT NOT NULL,
	revision BIGINT NOT NULL,
	save_no BIGINT NOT NULL,
	answers TEXT NOT NULL,
	flags TEXT NOT NULL,
	prediction BIGINT NOT NULL,
	started_at BIGINT NOT NULL,
	deadline_at BIGINT NOT NULL,
	saved_at BIGINT NOT NULL,
	submitted_at BIGINT NOT NULL,
	elapsed_ms BIGINT NOT NULL,
	by_clock BIGINT NOT NULL,
	score_points BIGINT NOT NULL,
	correct BIGINT NOT NULL,
	perfect BIGINT NOT NULL,
	salt BYTEA NOT NULL,
	leaf_hash BYTEA NOT NULL,
	receipt TEXT NOT NULL,
	UNIQUE (entry_id, round_id, attempt)
);
CREATE INDEX paper_open_deadline ON paper (deadline_at) WHERE state = 0;
CREATE INDEX paper_round ON paper (round_id, id);

-- A paper that does not count, until restored.
CREATE TABLE annulment (
	id BIGINT NOT NULL PRIMARY KEY,
	paper_id BIGINT NOT NULL REFERENCES paper (id),
	reason TEXT NOT NULL,
	annulled_at BIGINT NOT NULL,
	restored_at BIGINT NOT NULL,
	restore_reason TEXT NOT NULL
);
CREATE INDEX annulment_paper ON annulment (paper_id);

-- Participation by unit at one moment; never changed once taken.
CREATE TABLE snapshot (
	id BIGINT NOT NULL PRIMARY KEY,
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	due_at BIGINT NOT NULL,
	taken_at BIGINT NOT NULL,
	people BIGINT NOT NULL,
	papers BIGINT NOT NULL,
	UNIQUE (contest_id, due_at)
);

CREATE TABLE snapshot_row (
	snapshot_id BIGINT NOT NULL REFERENCES snapshot (id),
	unit_id BIGINT NOT NULL,
	people BIGINT NOT NULL,
	papers BIGINT NOT NULL,
	PRIMARY KEY (snapshot_id, unit_id)
);

-- The set of papers of a round that can count, fixed. Later freezes of the
-- same round (after an annulment was lifted, say) have higher ids.
CREATE TABLE freeze (
	id BIGINT NOT NULL PRIMARY KEY,
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	round_id BIGINT NOT NULL REFERENCES round (id),
	frozen_at BIGINT NOT NULL,
	papers BIGINT NOT NULL,
	hash BYTEA NOT NULL
);

CREATE TABLE freeze_paper (
	freeze_id BIGINT NOT NULL REFERENCES freeze (id),
	paper_id BIGINT NOT NULL REFERENCES paper (id),
	PRIMARY KEY (freeze_id, paper_id)
);

-- A ranking of a freeze. Its rows are written in slices; it is one when `done`.
CREATE TABLE ranking (
	id BIGINT NOT NULL PRIMARY KEY,
	done BIGINT NOT NULL CHECK (done IN (0, 1)),
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	round_id BIGINT NOT NULL REFERENCES round (id),
	freeze_id BIGINT NOT NULL REFERENCES freeze (id),
	rules_version BIGINT NOT NULL,
	ranked_at BIGINT NOT NULL,
	hash BYTEA NOT NULL
);

CREATE TABLE ranking_target (
	ranking_id BIGINT NOT NULL REFERENCES ranking (id),
	group_id BIGINT NOT NULL,
	value BIGINT NOT NULL,
	PRIMARY KEY (ranking_id, group_id)
);

CREATE TABLE ranking_place (
	ranking_id BIGINT NOT NULL REFERENCES ranking (id),
	entry_id BIGINT NOT NULL,
	group_id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	place BIGINT NOT NULL,
	paper_id BIGINT NOT NULL,
	unit_id BIGINT NOT NULL,
	prediction_error BIGINT NOT NULL,
	n_perfect BIGINT NOT NULL,
	decided_by BIGINT NOT NULL,
	PRIMARY KEY (ranking_id, entry_id)
);
CREATE INDEX ranking_place_order ON ranking_place (ranking_id, group_id, number);

-- Who was left out of a ranking, and why.
CREATE TABLE ranking_left_out (
	ranking_id BIGINT NOT NULL REFERENCES ranking (id),
	entry_id BIGINT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (ranking_id, entry_id)
);

CREATE TABLE ranking_unit (
	ranking_id BIGINT NOT NULL REFERENCES ranking (id),
	unit_id BIGINT NOT NULL,
	number BIGINT NOT NULL,
	block TEXT NOT NULL,
	place BIGINT NOT NULL,
	gate BIGINT NOT NULL,
	people BIGINT NOT NULL,
	headcount BIGINT NOT NULL,
	over_full BIGINT NOT NULL,
	perfect BIGINT NOT NULL,
	score_points BIGINT NOT NULL,
	rate_ppm BIGINT NOT NULL,
	mean_ppm BIGINT NOT NULL,
	index_ppm BIGINT NOT NULL,
	PRIMARY KEY (ranking_id, unit_id)
);

-- Results shown to the public, by decision.
CREATE TABLE publication (
	id BIGINT NOT NULL PRIMARY KEY,
	contest_id BIGINT NOT NULL REFERENCES contest (id),
	round_id BIGINT NOT NULL REFERENCES round (id),
	ranking_id BIGINT NOT NULL REFERENCES ranking (id),
	decision_no TEXT NOT NULL,
	decision_date TEXT NOT NULL,
	published_at BIGINT NOT NULL
);

-- Every act of an operator, chained by hash: hash = SHA-256 of the line that
-- docs/audit.md gives, which holds the hash before.
CREATE TABLE act (
	number BIGINT NOT NULL PRIMARY KEY,
	at_ms BIGINT NOT NULL,
	actor TEXT NOT NULL,
	kind TEXT NOT NULL,
	subject TEXT NOT NULL,
	before_text TEXT NOT NULL,
	after_text TEXT NOT NULL,
	reason TEXT NOT NULL,
	previous_hash BYTEA NOT NULL,
	hash BYTEA NOT NULL
);
