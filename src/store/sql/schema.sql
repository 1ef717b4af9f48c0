-- query schema_changes: the migrations that were applied, in order
-- out many number int64, checksum blob
SELECT number, checksum FROM schema_change ORDER BY number

-- query schema_change_add: records a migration
-- in number int64, name text, checksum blob, now int64
-- out none
INSERT INTO schema_change (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)

-- query setting_get: one setting of the folder
-- in name text
-- out one value text
SELECT value FROM setting WHERE name = $1

-- query setting_put: makes or changes a setting
-- in name text, value text
-- out none
INSERT INTO setting (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- query ids_highest: the highest id of the tables that grow most
-- out one id int64
SELECT COALESCE(MAX(m), 0) FROM (
SELECT MAX(id) AS m FROM paper UNION ALL SELECT MAX(id) FROM person
UNION ALL SELECT MAX(id) FROM entry UNION ALL SELECT MAX(id) FROM unit
UNION ALL SELECT MAX(id) FROM contest UNION ALL SELECT MAX(id) FROM question_version
UNION ALL SELECT MAX(id) FROM bank_version UNION ALL SELECT MAX(id) FROM article
UNION ALL SELECT MAX(id) FROM snapshot UNION ALL SELECT MAX(id) FROM freeze
UNION ALL SELECT MAX(id) FROM ranking UNION ALL SELECT MAX(id) FROM publication
UNION ALL SELECT MAX(id) FROM annulment UNION ALL SELECT MAX(id) FROM exclusion
UNION ALL SELECT MAX(id) FROM round UNION ALL SELECT MAX(id) FROM contest_group) AS highest
