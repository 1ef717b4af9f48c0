-- query round_papers: every paper of a freeze after one of them, by id
-- in freeze int64, after int64
-- out each id int64, entry int64, entry_code text, person int64, group_id int64, unit int64, attempt int64, rules_version int64, bank int64, draw_version int64, seed blob, drawn blob, answers text, prediction int64, started_at int64, submitted_at int64, elapsed_ms int64, score_points int64, correct int64, perfect int64, salt blob, leaf_hash blob, receipt text, annulled int64
SELECT p.id, p.entry_id, e.code, e.person_id, p.group_id, e.unit_id, p.attempt, p.rules_version,
p.bank_id, p.draw_version, p.seed, p.drawn, p.answers, p.prediction, p.started_at, p.submitted_at,
p.elapsed_ms, p.score_points, p.correct, p.perfect, p.salt, p.leaf_hash, p.receipt,
CASE WHEN EXISTS (SELECT 1 FROM annulment a WHERE a.paper_id = p.id AND a.restored_at = -1)
THEN 1 ELSE 0 END
FROM freeze_paper f JOIN paper p ON p.id = f.paper_id JOIN entry e ON e.id = p.entry_id
WHERE f.freeze_id = $1 AND f.paper_id > $2 ORDER BY f.paper_id

-- query freeze_add: begins to fix a set of papers; it is none until freeze_done
-- in id int64, contest int64, round int64, now int64, nothing blob
-- out none
INSERT INTO freeze (id, contest_id, round_id, frozen_at, papers, hash)
VALUES ($1, $2, $3, $4, -1, $5)

-- query freeze_paper_add: puts a paper into it
-- in freeze int64, paper int64
-- out none
INSERT INTO freeze_paper (freeze_id, paper_id) VALUES ($1, $2)

-- query freeze_done: all papers are in it
-- in id int64, papers int64, hash blob
-- out none
UPDATE freeze SET papers = $2, hash = $3 WHERE id = $1

-- query freeze_leaves: the leaf hashes of a round's submitted papers after one of them, by id
-- in round int64, after int64
-- out each id int64, leaf_hash blob
SELECT id, leaf_hash FROM paper WHERE round_id = $1 AND state = 1 AND id > $2 ORDER BY id

-- query round_newest_paper: the highest id of a round's papers; -1 none
-- in round int64
-- out one id int64
SELECT COALESCE(MAX(id), -1) AS id FROM paper WHERE round_id = $1

-- query freeze_latest: the newest freeze of a round
-- in round int64
-- out one id int64, frozen_at int64, papers int64, hash blob
SELECT id, frozen_at, papers, hash FROM freeze WHERE round_id = $1 AND papers >= 0
ORDER BY id DESC LIMIT 1

-- query ranking_add: a ranking of a freeze
-- in id int64, contest int64, round int64, freeze int64, rules_version int64, now int64, hash blob
-- out none
INSERT INTO ranking (id, done, contest_id, round_id, freeze_id, rules_version, ranked_at, hash)
VALUES ($1, 0, $2, $3, $4, $5, $6, $7)

-- query ranking_done: all rows of a ranking are written
-- in id int64
-- out none
UPDATE ranking SET done = 1 WHERE id = $1

-- query ranking_latest: the newest ranking of a round
-- in round int64
-- out one id int64, freeze int64, rules_version int64, ranked_at int64, hash blob
SELECT id, freeze_id, rules_version, ranked_at, hash FROM ranking
WHERE round_id = $1 AND done = 1 ORDER BY id DESC LIMIT 1

-- query round_changes: what a ranking of a round follows from, as numbers that only grow; -1 none
-- in round int64
-- out one freeze int64, ranking int64, annulled int64, restored int64, ended int64
SELECT COALESCE((SELECT MAX(id) FROM freeze WHERE round_id = $1 AND papers >= 0), -1),
COALESCE((SELECT MAX(id) FROM ranking WHERE round_id = $1 AND done = 1), -1),
(SELECT COUNT(*) FROM annulment a JOIN paper p ON p.id = a.paper_id WHERE p.round_id = $1),
(SELECT COUNT(*) FROM annulment a JOIN paper p ON p.id = a.paper_id
WHERE p.round_id = $1 AND a.restored_at <> -1),
(SELECT COUNT(*) FROM entry_end)

-- query ranking_get: a ranking by id
-- in id int64
-- out one round int64, freeze int64, rules_version int64, ranked_at int64, hash blob
SELECT round_id, freeze_id, rules_version, ranked_at, hash FROM ranking WHERE id = $1

-- query ranking_target_add: what a group's predictions were measured against
-- in ranking int64, group_id int64, value int64
-- out none
INSERT INTO ranking_target (ranking_id, group_id, value) VALUES ($1, $2, $3)

-- query ranking_targets: all of them
-- in ranking int64
-- out many group_id int64, value int64
SELECT group_id, value FROM ranking_target WHERE ranking_id = $1 ORDER BY group_id

-- query ranking_place_add: a person's place
-- in ranking int64, entry int64, group_id int64, number int64, place int64, paper int64, unit int64, prediction_error int64, n_perfect int64, decided_by int64
-- out none
INSERT INTO ranking_place (ranking_id, entry_id, group_id, number, place, paper_id, unit_id,
prediction_error, n_perfect, decided_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- query ranking_places: places of a group in order, from a number up to a place; an erased person's name is empty
-- initials: the name is not published in full, since a guardian or the child did not agree
-- in ranking int64, group_id int64, up_to int64, first int64
-- out each number int64, place int64, entry int64, entry_code text, person int64, name_sealed blob, unit int64, score_points int64, prediction int64, prediction_error int64, elapsed_ms int64, submitted_at int64, started_at int64, n_perfect int64, decided_by int64, initials int64
SELECT r.number, r.place, r.entry_id, e.code, e.person_id, COALESCE(d.name_sealed, ''), r.unit_id,
p.score_points, p.prediction, r.prediction_error, p.elapsed_ms, p.submitted_at, p.started_at,
r.n_perfect, r.decided_by,
CASE WHEN EXISTS (SELECT 1 FROM guardian g WHERE g.entry_id = r.entry_id
AND (g.publish_guardian = 0 OR g.publish_child = 0)) THEN 1 ELSE 0 END
FROM ranking_place r JOIN entry e ON e.id = r.entry_id
LEFT JOIN person_data d ON d.person_id = e.person_id JOIN paper p ON p.id = r.paper_id
WHERE r.ranking_id = $1 AND r.group_id = $2 AND r.place <= $3 AND r.number >= $4
ORDER BY r.number

-- query ranking_place_of: one person's own place
-- in ranking int64, entry int64
-- out one group_id int64, place int64, number int64, paper int64, prediction_error int64, decided_by int64
SELECT group_id, place, number, paper_id, prediction_error, decided_by FROM ranking_place
WHERE ranking_id = $1 AND entry_id = $2

-- query ranking_count: people ranked in a group
-- in ranking int64, group_id int64
-- out one n int64
SELECT COUNT(*) FROM ranking_place WHERE ranking_id = $1 AND group_id = $2

-- query ranking_left_out_add: who was left out, and why
-- in ranking int64, entry int64, reason text
-- out none
INSERT INTO ranking_left_out (ranking_id, entry_id, reason) VALUES ($1, $2, $3)

-- query ranking_left_out: all of them
-- in ranking int64
-- out many entry int64, entry_code text, reason text
SELECT l.entry_id, e.code, l.reason FROM ranking_left_out l JOIN entry e ON e.id = l.entry_id
WHERE l.ranking_id = $1 ORDER BY l.entry_id

-- query ranking_unit_add: a unit's place
-- in ranking int64, unit int64, number int64, block text, place int64, gate int64, people int64, headcount int64, over_full int64, perfect int64, score_points int64, rate_ppm int64, mean_ppm int64, index_ppm int64
-- out none
INSERT INTO ranking_unit (ranking_id, unit_id, number, block, place, gate, people, headcount,
over_full, perfect, score_points, rate_ppm, mean_ppm, index_ppm)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- query ranking_units: the units of a ranking in order
-- in ranking int64
-- out many unit int64, number int64, block text, place int64, gate int64, people int64, headcount int64, over_full int64, perfect int64, rate_ppm int64, mean_ppm int64, index_ppm int64
SELECT unit_id, number, block, place, gate, people, headcount, over_full, perfect, rate_ppm,
mean_ppm, index_ppm FROM ranking_unit WHERE ranking_id = $1 ORDER BY number

-- query participation: people after one of them, the unit they chose, and their papers submitted before a moment
-- Entries that take part no more do not count.
-- in contest int64, after int64, before int64
-- out each person int64, unit int64, papers int64
SELECT e.person_id, e.unit_id, (SELECT COUNT(*) FROM paper p
WHERE p.entry_id = e.id AND p.contest_id = $1 AND p.state = 1 AND p.submitted_at < $3)
FROM entry e WHERE e.contest_id = $1 AND e.person_id > $2
AND NOT EXISTS (SELECT 1 FROM entry_end n WHERE n.entry_id = e.id) ORDER BY e.person_id

-- query snapshot_add: begins participation at one moment; it is of none until snapshot_done
-- in id int64, contest int64, taken_at int64, people int64, papers int64
-- out none
INSERT INTO snapshot (id, contest_id, due_at, taken_at, people, papers)
VALUES ($1, $2, -$1, $3, $4, $5)

-- query snapshot_done: all units are in it, unless that moment was taken
-- in id int64, due_at int64
-- out none
UPDATE snapshot SET due_at = $2 WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM snapshot o
WHERE o.contest_id = snapshot.contest_id AND o.due_at = $2)

-- query snapshot_row_add: one unit of it
-- in snapshot int64, unit int64, people int64, papers int64
-- out none
INSERT INTO snapshot_row (snapshot_id, unit_id, people, papers) VALUES ($1, $2, $3, $4)

-- query snapshots: the snapshots of a contest, newest first
-- in contest int64
-- out many id int64, due_at int64, taken_at int64, people int64, papers int64
SELECT id, due_at, taken_at, people, papers FROM snapshot
WHERE contest_id = $1 AND due_at >= 0 ORDER BY due_at DESC LIMIT 400

-- query snapshot_rows: the units of a snapshot
-- in snapshot int64
-- out many unit int64, people int64, papers int64
SELECT unit_id, people, papers FROM snapshot_row WHERE snapshot_id = $1 ORDER BY unit_id
