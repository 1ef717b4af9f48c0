-- query recovery_put: the code on a person's slip, in place of an older one
-- in person int64, code_index blob, now int64
-- out none
INSERT INTO recovery (person_id, code_index, made_at) VALUES ($1, $2, $3)
ON CONFLICT (person_id) DO UPDATE SET code_index = excluded.code_index, made_at = excluded.made_at

-- query recovery_matches: whether it is that one
-- in person int64, code_index blob
-- out one made_at int64
SELECT made_at FROM recovery WHERE person_id = $1 AND code_index = $2

-- query reset_add: an operator gives out a code
-- in id int64, person int64, code_index blob, actor text, until_ms int64
-- out none
INSERT INTO password_reset (id, person_id, code_index, actor, until_ms, used_at)
VALUES ($1, $2, $3, $4, $5, -1)

-- query reset_use: uses such a code, once and in time
-- in person int64, code_index blob, now int64
-- out none
UPDATE password_reset SET used_at = $3
WHERE person_id = $1 AND code_index = $2 AND used_at = -1 AND until_ms > $3

-- query reset_last_used: the newest one that was used
-- in person int64
-- out one actor text, used_at int64
SELECT actor, used_at FROM password_reset WHERE person_id = $1 AND used_at >= 0
ORDER BY used_at DESC LIMIT 1

-- query password_set: a new password; every session of the person ends
-- in person int64, password_hash text
-- out none
UPDATE person_data SET password_hash = $2 WHERE person_id = $1

-- query epoch_next: ends every session of a person
-- in person int64
-- out none
UPDATE person SET epoch = epoch + 1 WHERE id = $1
