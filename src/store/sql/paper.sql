-- query paper_start: a new paper, unless this attempt was started already
-- in id int64, contest int64, round int64, entry int64, group_id int64, attempt int64, rules_version int64, bank int64, draw_version int64, seed blob, drawn blob, holder int64, answers text, flags text, started_at int64, deadline_at int64, nothing blob
-- out none
INSERT INTO paper (id, contest_id, round_id, entry_id, group_id, attempt, state, rules_version,
bank_id, draw_version, seed, drawn, holder, revision, save_no, answers, flags, prediction,
started_at, deadline_at, saved_at, submitted_at, elapsed_ms, by_clock, score_points, correct,
perfect, salt, leaf_hash, receipt)
VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11, $12, 0, 0, $13, $14, -1, $15, $16,
-1, -1, -1, 0, 0, 0, 0, $17, $17, '')
ON CONFLICT (entry_id, round_id, attempt) DO NOTHING

-- query paper_of_attempt: what a second click on Start finds
-- in entry int64, round int64, attempt int64
-- out one id int64
SELECT id FROM paper WHERE entry_id = $1 AND round_id = $2 AND attempt = $3

-- query paper_save: keeps a vector where its guard holds
-- in id int64, holder int64, revision int64, now int64, answers text, flags text, prediction int64, save_no int64
-- out none
UPDATE paper SET answers = $5, flags = $6, prediction = $7, save_no = $8, saved_at = $4,
revision = revision + 1
WHERE id = $1 AND state = 0 AND holder = $2 AND revision = $3 AND deadline_at > $4

-- query paper_to_save: which paper is meant by a save that nobody read it for
-- The session that asks has to be one still, and the form one of such a paper.
-- in contest int64, person int64, round int64, attempt int64, epoch int64, device int64, rules_version int64, items int64
-- out one id int64, deadline_at int64
SELECT p.id, p.deadline_at
FROM entry e JOIN person h ON h.id = e.person_id
JOIN paper p ON p.entry_id = e.id AND p.round_id = $3 AND p.attempt = $4
WHERE e.contest_id = $1 AND e.person_id = $2 AND h.epoch = $5
AND p.rules_version = $7 AND LENGTH(p.answers) = $8
AND NOT EXISTS (SELECT 1 FROM device v
WHERE v.person_id = $2 AND v.device = $6 AND v.ended_at >= 0)

-- query paper_submit: ends a paper where its guard holds
-- in id int64, holder int64, revision int64, answers text, flags text, prediction int64, save_no int64, submitted_at int64, elapsed_ms int64, by_clock int64, score_points int64, correct int64, perfect int64, salt blob, leaf_hash blob, receipt text
-- out none
UPDATE paper SET state = 1, answers = $4, flags = $5, prediction = $6, save_no = $7,
submitted_at = $8, elapsed_ms = $9, by_clock = $10, score_points = $11, correct = $12,
perfect = $13, salt = $14, leaf_hash = $15, receipt = $16, revision = revision + 1
WHERE id = $1 AND state = 0 AND holder = $2 AND revision = $3

-- query paper_stored: what a save or submit met
-- in id int64
-- out one state int64, holder int64, revision int64, save_no int64, deadline_at int64, answers text, flags text, prediction int64
SELECT state, holder, revision, save_no, deadline_at, answers, flags, prediction
FROM paper WHERE id = $1

-- query paper_take: another device of the same person goes on with the paper
-- in id int64, entry int64, holder int64
-- out none
UPDATE paper SET holder = $3, revision = revision + 1
WHERE id = $1 AND entry_id = $2 AND state = 0

-- query paper_get: a paper of an entry by round and attempt, whole
-- in entry int64, round int64, attempt int64
-- out one id int64, group_id int64, state int64, rules_version int64, bank int64, draw_version int64, seed blob, drawn blob, holder int64, revision int64, save_no int64, answers text, flags text, prediction int64, started_at int64, deadline_at int64, saved_at int64, submitted_at int64, elapsed_ms int64, by_clock int64, score_points int64, correct int64, perfect int64, receipt text
SELECT id, group_id, state, rules_version, bank_id, draw_version, seed, drawn, holder, revision,
save_no, answers, flags, prediction, started_at, deadline_at, saved_at, submitted_at, elapsed_ms,
by_clock, score_points, correct, perfect, receipt
FROM paper WHERE entry_id = $1 AND round_id = $2 AND attempt = $3

-- query paper_of_person: the same by who sits it, with what a save or submit needs of the entry
-- epoch and device_ended_at: whether the session that asks is still one
-- in contest int64, person int64, round int64, attempt int64, device int64
-- out one entry int64, entry_code text, id int64, group_id int64, state int64, rules_version int64, bank int64, draw_version int64, seed blob, drawn blob, holder int64, revision int64, save_no int64, answers text, flags text, prediction int64, started_at int64, deadline_at int64, epoch int64, device_ended_at int64
SELECT e.id, e.code, p.id, p.group_id, p.state, p.rules_version, p.bank_id, p.draw_version,
p.seed, p.drawn, p.holder, p.revision, p.save_no, p.answers, p.flags, p.prediction, p.started_at,
p.deadline_at, h.epoch,
COALESCE((SELECT v.ended_at FROM device v WHERE v.person_id = $2 AND v.device = $5), -1)
FROM entry e JOIN person h ON h.id = e.person_id
JOIN paper p ON p.entry_id = e.id AND p.round_id = $3 AND p.attempt = $4
WHERE e.contest_id = $1 AND e.person_id = $2

-- query papers_of_entry: a person's papers in short, oldest first
-- in entry int64
-- out many id int64, round int64, attempt int64, state int64, holder int64, started_at int64, deadline_at int64, submitted_at int64, elapsed_ms int64, by_clock int64, score_points int64, perfect int64, prediction int64, receipt text, annulled int64
SELECT p.id, p.round_id, p.attempt, p.state, p.holder, p.started_at, p.deadline_at,
p.submitted_at, p.elapsed_ms, p.by_clock, p.score_points, p.perfect, p.prediction, p.receipt,
CASE WHEN EXISTS (SELECT 1 FROM annulment a WHERE a.paper_id = p.id AND a.restored_at = -1)
THEN 1 ELSE 0 END
FROM paper p WHERE p.entry_id = $1 ORDER BY p.id LIMIT 1000

-- query papers_to_close: open papers whose deadline passed before a moment
-- in before int64
-- out many id int64, contest int64, round int64, entry int64, entry_code text, group_id int64, attempt int64, rules_version int64, bank int64, draw_version int64, seed blob, drawn blob, holder int64, revision int64, answers text, flags text, prediction int64, started_at int64, deadline_at int64
SELECT p.id, p.contest_id, p.round_id, p.entry_id, e.code, p.group_id, p.attempt,
p.rules_version, p.bank_id, p.draw_version, p.seed, p.drawn, p.holder, p.revision, p.answers,
p.flags, p.prediction, p.started_at, p.deadline_at
FROM paper p JOIN entry e ON e.id = p.entry_id
WHERE p.state = 0 AND p.deadline_at < $1 ORDER BY p.deadline_at LIMIT 200

-- query papers_open: how many papers are open, and how many of them had to end before a moment
-- in before int64
-- out one n int64, overdue int64
SELECT COUNT(*), COUNT(CASE WHEN deadline_at < $1 THEN 1 END) FROM paper WHERE state = 0

-- query papers_still_open: how many papers of a round are open
-- Looked for among those that are open: they are fewer than the round's.
-- in round int64
-- out one n int64
SELECT COUNT(*) FROM paper WHERE +round_id = $1 AND state = 0 AND deadline_at >= 0

-- query papers_handed_in: how many papers people submitted themselves
-- in contest int64
-- out one n int64
SELECT COUNT(*) FROM paper WHERE contest_id = $1 AND state = 1 AND by_clock = 0

-- query paper_by_receipt: the paper of a receipt code
-- in contest int64, receipt text
-- out one id int64, entry int64, round int64, attempt int64, state int64
SELECT id, entry_id, round_id, attempt, state FROM paper
WHERE contest_id = $1 AND receipt = $2

-- query annulment_add: a paper does not count from now on
-- in id int64, paper int64, reason text, now int64
-- out none
INSERT INTO annulment (id, paper_id, reason, annulled_at, restored_at, restore_reason)
SELECT $1, $2, $3, $4, -1, '' WHERE NOT EXISTS
(SELECT 1 FROM annulment WHERE paper_id = $2 AND restored_at = -1)

-- query annulment_lift: it counts again
-- in paper int64, reason text, now int64
-- out none
UPDATE annulment SET restored_at = $3, restore_reason = $2
WHERE paper_id = $1 AND restored_at = -1
