-- query contests: all contests of the site
-- out many id int64, code text, listed int64
SELECT id, code, listed FROM contest ORDER BY id

-- query contest_by_code: one contest
-- in code text
-- out one id int64
SELECT id FROM contest WHERE code = $1

-- query contest_add: a new contest
-- in id int64, code text, now int64
-- out none
INSERT INTO contest (id, code, created_at, listed) VALUES ($1, $2, $3, 1)

-- query rules_versions: the profiles of a contest, oldest first
-- in contest int64
-- out many version int64, profile text, profile_hash blob, decision_no text, effective_at int64, applied_at int64
SELECT version, profile, profile_hash, decision_no, effective_at, applied_at
FROM rules_version WHERE contest_id = $1 ORDER BY version

-- query rules_version_add: a profile comes into force
-- in contest int64, version int64, profile text, profile_hash blob, decision_no text, effective_at int64, now int64
-- out none
INSERT INTO rules_version (contest_id, version, profile, profile_hash, decision_no, effective_at, applied_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- query rounds: the rounds of a contest
-- in contest int64
-- out many id int64, code text
SELECT id, code FROM round WHERE contest_id = $1 ORDER BY id

-- query round_add: a new round
-- in id int64, contest int64, code text
-- out none
INSERT INTO round (id, contest_id, code) VALUES ($1, $2, $3)
ON CONFLICT (contest_id, code) DO NOTHING

-- query groups: the groups of a contest
-- in contest int64
-- out many id int64, code text
SELECT id, code FROM contest_group WHERE contest_id = $1 ORDER BY id

-- query group_add: a new group
-- in id int64, contest int64, code text
-- out none
INSERT INTO contest_group (id, contest_id, code) VALUES ($1, $2, $3)
ON CONFLICT (contest_id, code) DO NOTHING

-- query bank_versions: all versions of all banks of a contest
-- in contest int64
-- out many id int64, code text, version int64, file_hash blob
SELECT id, code, version, file_hash FROM bank_version WHERE contest_id = $1 ORDER BY code, version

-- query bank_version_add: a bank as it is drawn from
-- in id int64, contest int64, code text, version int64, file_hash blob, file_sealed blob, now int64
-- out none
INSERT INTO bank_version (id, contest_id, code, version, file_hash, file_sealed, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- query bank_file: a bank's file as it was applied
-- in id int64
-- out one file_sealed blob
SELECT file_sealed FROM bank_version WHERE id = $1

-- query question_add: a question that will never change
-- in id int64, contest int64, code text, topic text, difficulty int64, key_sealed blob, hash blob, now int64
-- out none
INSERT INTO question_version (id, contest_id, code, topic, difficulty, key_sealed, hash, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- query question_text_add: its text in one language
-- in question int64, lang text, text_sealed blob
-- out none
INSERT INTO question_text (question_id, lang, text_sealed) VALUES ($1, $2, $3)

-- query bank_item_add: puts a question at its number in a bank
-- in bank int64, number int64, question int64
-- out none
INSERT INTO bank_item (bank_id, number, question_id) VALUES ($1, $2, $3)

-- query bank_items: the questions of a bank in order
-- in bank int64
-- out many number int64, question int64, code text, topic text, difficulty int64, key_sealed blob, text_sealed blob
SELECT i.number, q.id, q.code, q.topic, q.difficulty, q.key_sealed, t.text_sealed
FROM bank_item i JOIN question_version q ON q.id = i.question_id
JOIN question_text t ON t.question_id = q.id AND t.lang = 'vi'
WHERE i.bank_id = $1 ORDER BY i.number

-- query units: the tree of a contest, parents before children
-- in contest int64
-- out many unit int64, code text, parent int64, number int64, kind int64, block text, name text, short_name text, official_code text, aliases text, search_folded text, headcount int64
SELECT unit_id, code, parent_id, number, kind, block, name, short_name, official_code, aliases,
search_folded, headcount FROM contest_unit WHERE contest_id = $1 ORDER BY number

-- query unit_add: an agency or a place
-- in id int64, now int64
-- out none
INSERT INTO unit (id, created_at) VALUES ($1, $2)

-- query unit_version_add: what it is called from a moment on
-- in unit int64, valid_from int64, name text, short_name text, official_code text
-- out none
INSERT INTO unit_version (unit_id, valid_from, valid_to, name, short_name, official_code)
VALUES ($1, $2, -1, $3, $4, $5)

-- query unit_version_now: what it is called
-- in unit int64
-- out one valid_from int64, name text, short_name text, official_code text
SELECT valid_from, name, short_name, official_code FROM unit_version
WHERE unit_id = $1 AND valid_to = -1

-- query unit_version_end: it is called so no longer
-- in unit int64, valid_to int64
-- out none
UPDATE unit_version SET valid_to = $2 WHERE unit_id = $1 AND valid_to = -1

-- query contest_unit_put: a node of a contest's tree, new or as it is now
-- in contest int64, unit int64, code text, parent int64, number int64, kind int64, block text, name text, short_name text, official_code text, aliases text, search_folded text, headcount int64
-- out none
INSERT INTO contest_unit (contest_id, unit_id, code, parent_id, number, kind, block, name,
short_name, official_code, aliases, search_folded, headcount)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (contest_id, unit_id) DO UPDATE SET parent_id = excluded.parent_id,
number = excluded.number, kind = excluded.kind, block = excluded.block, name = excluded.name,
short_name = excluded.short_name, official_code = excluded.official_code,
aliases = excluded.aliases, search_folded = excluded.search_folded,
headcount = excluded.headcount

-- query articles: the pages of a contest, newest first
-- in contest int64
-- out many kind text, slug text, title text, summary text, dated text, markdown text
SELECT kind, slug, title, summary, dated, markdown FROM article
WHERE contest_id = $1 AND active = 1 ORDER BY kind, dated DESC, slug

-- query articles_retire: those of the next act replace them
-- in contest int64
-- out none
UPDATE article SET active = 0 WHERE contest_id = $1 AND active = 1

-- query article_put: a page, new or changed
-- in id int64, contest int64, kind text, slug text, title text, summary text, dated text, markdown text, now int64
-- out none
INSERT INTO article (id, contest_id, kind, slug, title, summary, dated, markdown, updated_at,
active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)
ON CONFLICT (contest_id, kind, slug) DO UPDATE SET title = excluded.title,
summary = excluded.summary, dated = excluded.dated, markdown = excluded.markdown,
updated_at = excluded.updated_at, active = 1

-- query exclusions_retire: the list is replaced by a newer one
-- in contest int64
-- out none
UPDATE exclusion SET active = 0 WHERE contest_id = $1 AND active = 1

-- query exclusion_add: one who may not take part
-- in id int64, contest int64, name_birth_index blob, name_year_index blob, phone_index blob, unit int64, who_sealed blob, reason text
-- out none
INSERT INTO exclusion (id, contest_id, name_birth_index, name_year_index, phone_index, unit_id,
who_sealed, reason, active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1)

-- query exclusions: the list in force
-- in contest int64
-- out many name_birth_index blob, name_year_index blob, phone_index blob, unit int64, reason text
SELECT name_birth_index, name_year_index, phone_index, unit_id, reason
FROM exclusion WHERE contest_id = $1 AND active = 1 ORDER BY id

-- query publications: the results of a contest that are public, a round each, newest first
-- in contest int64
-- out many round int64, ranking int64, decision_no text, decision_date text, published_at int64
SELECT round_id, ranking_id, decision_no, decision_date, published_at FROM publication
WHERE contest_id = $1 ORDER BY id DESC

-- query publication_add: results become public
-- in id int64, contest int64, round int64, ranking int64, decision_no text, decision_date text, now int64
-- out none
INSERT INTO publication (id, contest_id, round_id, ranking_id, decision_no, decision_date, published_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
