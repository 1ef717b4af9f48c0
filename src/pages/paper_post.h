/* What a paper's form posts, laid over what is stored. */
#ifndef PAGES_PAPER_POST_H
#define PAGES_PAPER_POST_H

#include "pages/sitting.h"

struct paper_post {
	int64_t revision;	/* what the form was made from */
	int64_t save_no;
	struct text base;	/* vector the form was made from */
	struct text base_flags;
	int64_t base_prediction;
	struct text answers;	/* vectors as posted */
	struct text flags;
	int64_t prediction;	/* PREDICTION_MISSING when empty or not a number */
	bool prediction_wrong;	/* something was typed that is no number */
};

/* Reads the form as one of a paper of `n` items under these rules. 0 done, 1 it is
 * none. */
int paper_post_read_as(struct request *request, const struct profile *profile, int n,
		       struct paper_post *ret) MUST_CHECK;

/* The same for a paper that was read: what is no number leaves the prediction that
 * it has. */
int paper_post_read(struct request *request, const struct open_paper *paper,
		    struct paper_post *ret) MUST_CHECK;

/* The guard, vectors and arena of a save or submit made from a post. */
void paper_post_fill(struct request *request, const struct open_paper *paper,
		     const struct paper_post *post, struct job_save *ret);

/* After a conflict: lays the post's changes over the stored vectors, and makes
 * the post one that was made from them. */
void paper_post_rebase(struct request *request, struct paper_post *post,
		       const struct job_save *met);

#endif
