-- query switches: what an organizer has switched in a contest
-- in contest int64
-- out many name text, value int64
SELECT name, value FROM contest_switch WHERE contest_id = $1 ORDER BY name

-- query switch_put: from now on
-- in contest int64, name text, value int64, now int64
-- out none
INSERT INTO contest_switch (contest_id, name, value, set_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (contest_id, name) DO UPDATE SET value = excluded.value, set_at = excluded.set_at
