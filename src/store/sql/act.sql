-- query act_last: the newest act
-- out one number int64, hash blob
SELECT number, hash FROM act ORDER BY number DESC LIMIT 1

-- query act_add: appends an act
-- in number int64, at_ms int64, actor text, kind text, subject text, before_text text, after_text text, reason text, previous_hash blob, hash blob
-- out none
INSERT INTO act (number, at_ms, actor, kind, subject, before_text, after_text, reason, previous_hash, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- query acts: the whole chain
-- out each number int64, at_ms int64, actor text, kind text, subject text, before_text text, after_text text, reason text, previous_hash blob, hash blob
SELECT number, at_ms, actor, kind, subject, before_text, after_text, reason, previous_hash, hash
FROM act ORDER BY number

-- query lease_take: takes a lease that is free, ours or over
-- in name text, holder int64, until_ms int64, now int64
-- out none
INSERT INTO lease (name, holder, until_ms) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
WHERE lease.holder = excluded.holder OR lease.until_ms < $4

-- query lease_drop: gives a lease back
-- in name text, holder int64
-- out none
UPDATE lease SET until_ms = 0 WHERE name = $1 AND holder = $2
