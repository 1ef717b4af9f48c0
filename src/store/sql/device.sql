-- query device_sign_in: a person signs in on a browser, which may be used again
-- in person int64, device int64, browser text, shared int64, now int64
-- out none
INSERT INTO device (person_id, device, browser, shared, signed_in_at, ended_at)
VALUES ($1, $2, $3, $4, $5, -1)
ON CONFLICT (person_id, device) DO UPDATE SET browser = excluded.browser, shared = excluded.shared,
signed_in_at = excluded.signed_in_at, ended_at = -1

-- query devices_of: the browsers that a person may be signed in on
-- in person int64
-- out many device int64, browser text, shared int64, signed_in_at int64
SELECT device, browser, shared, signed_in_at FROM device
WHERE person_id = $1 AND ended_at = -1 ORDER BY signed_in_at DESC LIMIT 50

-- query device_end: nobody is signed in there any more
-- in person int64, device int64, now int64
-- out none
UPDATE device SET ended_at = $3 WHERE person_id = $1 AND device = $2 AND ended_at = -1

-- query devices_end: nor anywhere
-- in person int64, now int64
-- out none
UPDATE device SET ended_at = $2 WHERE person_id = $1 AND ended_at = -1

-- query papers_release_holder: open papers that a browser holds can be taken by another
-- in person int64, device int64
-- out none
UPDATE paper SET holder = 0 WHERE state = 0 AND holder = $2
AND entry_id IN (SELECT id FROM entry WHERE person_id = $1)
