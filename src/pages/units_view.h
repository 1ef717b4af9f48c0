/* Participation by unit at one moment. */
#ifndef PAGES_UNITS_VIEW_H
#define PAGES_UNITS_VIEW_H

#include "pages/page_view.h"

struct participation_row {
	struct text name;
	struct url link;	/* what is below it; empty when nothing is */
	struct text people;
	struct text papers;
	struct text rate;	/* "" no headcount */
	bool over_full;		/* more people than headcount */
};

struct participation_table {
	struct text heading;
	struct text note;	/* "" none */
	struct participation_row *rows;
	int n_rows;
	bool has_rate;
	bool has_over_full;
	bool is_place;		/* places where people live, not agencies */
};

struct snapshot_link {
	struct text date;	/* "20/09/2024" */
	struct text iso;	/* "2024-09-20" */
	struct text people;
	bool is_shown;
};

struct crumb {
	struct text name;
	struct url link;
};

struct units_view {
	struct page_view page;
	bool has_snapshot;
	struct text daily_at;	/* "11:00" */
	struct text first_at;	/* when the first snapshot comes; "" it is late */
	struct text as_of;	/* "11:00 ngày 21/09/2024" */
	struct text taken_late;	/* "" it was taken in time */
	bool is_latest;
	struct text people, papers, units;
	struct crumb *crumbs;	/* above the unit shown; none for the whole */
	int n_crumbs;
	struct text unit;	/* "" the whole contest */
	struct text unit_people, unit_papers, unit_rate;
	struct participation_table *tables;
	int n_tables;
	struct snapshot_link *snapshots;	/* newest first */
	int n_snapshots;
};

#endif
