/* A contest's folder, read and checked: profile.json, units.csv, the bank files
 * the profile names, exclusions.csv, guide.md, faq.md, news/ *.md. */
#ifndef CLI_CONTEST_FOLDER_H
#define CLI_CONTEST_FOLDER_H

#include "base/hash.h"
#include "exchange/contest_files.h"
#include "rules/draw.h"
#include "rules/profile.h"

#define FOLDER_NEWS_MAX 200

struct folder_bank {
	struct text code;
	struct text file;
	struct hash file_hash;
	struct question_rows questions;
	struct bank_item *items;
};

struct folder_article {
	struct text kind, slug, title, summary, dated, markdown;
};

struct contest_folder {
	struct text profile_json;
	struct profile profile;
	struct unit_rows units;
	struct folder_bank banks[PROFILE_BANKS_MAX];
	struct exclusion_rows exclusions;
	struct folder_article articles[FOLDER_NEWS_MAX + 2];
	int n_articles;
};

/* Reads the folder and writes every problem of every file as a line into
 * `problems` ("units.csv:12:3: …"). Returns how many there are; -1 when memory
 * is out. */
int contest_folder_read(struct arena *arena, const char *dir, enum profile_stage stage, int64_t now,
			struct contest_folder *ret, struct buf *problems) MUST_CHECK;

#endif
