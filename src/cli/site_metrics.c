#include "cli/site_metrics.h"

#include "cli/version.h"
#include "store/migrate.h"
#include "store/store.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *const class_labels[STORE_CLASS_COUNT] = {
	"class=\"save\"", "class=\"start\"", "class=\"door\"", "class=\"background\"",
};

static void print_by_class(struct buf *buf, const char *name, const char *type, const char *help,
			   const int64_t values[STORE_CLASS_COUNT])
{
	metric_head(buf, name, type, help);
	for (int i = 0; i < STORE_CLASS_COUNT; i++)
		metric_line(buf, name, class_labels[i], (uint64_t)values[i]);
}

static void print_store(struct buf *buf, const struct store_figures *figures)
{
	const struct store_counts *counts = figures->counts;

	print_by_class(buf, "hoithi_store_queue", "gauge", "Jobs that wait for the writer.",
		       figures->queued);
	print_by_class(buf, "hoithi_store_refused_total", "counter",
		       "Jobs refused: their queue was full, or they waited too long.",
		       figures->refused);
	metric_one(buf, "hoithi_store_jobs_total", "counter", "Jobs finished so far.",
		   metric_get(&counts->jobs));
	metric_one(buf, "hoithi_store_failed_total", "counter",
		   "Times that the database refused some work.", metric_get(&counts->failed));
	metric_head(buf, "hoithi_store_wait_seconds", "histogram",
		    "From the queue to the transaction.");
	for (int i = 0; i < STORE_CLASS_COUNT; i++)
		metric_print_seconds(buf, "hoithi_store_wait_seconds", class_labels[i],
				     &counts->wait[i]);
	metric_head(buf, "hoithi_store_batch_jobs", "histogram", "Jobs of a committed transaction.");
	metric_print(buf, "hoithi_store_batch_jobs", "", &counts->batch);
	metric_head(buf, "hoithi_store_commit_seconds", "histogram",
		    "A COMMIT, which ends when the disk has it.");
	metric_print_seconds(buf, "hoithi_store_commit_seconds", "", &counts->commit);
	metric_head(buf, "hoithi_store_checkpoint_seconds", "histogram",
		    "Copying the log into the database file.");
	metric_print_seconds(buf, "hoithi_store_checkpoint_seconds", "", &counts->checkpoint);
	metric_one(buf, "hoithi_store_wal_bytes", "gauge", "Pages of the log.",
		   (uint64_t)figures->wal_bytes);
	metric_one(buf, "hoithi_store_wal_left_bytes", "gauge",
		   "Pages of the log that are not in the database file yet.",
		   (uint64_t)figures->wal_left_bytes);
}

static void print_papers(struct buf *buf, const struct site_jobs *jobs,
			 const struct store_counts *counts)
{
	static const char *const labels[STORE_PAPER_EVENT_COUNT] = {
		"event=\"started\"", "event=\"saved\"", "event=\"submitted\"", "event=\"closed\"",
	};

	metric_head(buf, "hoithi_papers_total", "counter", "What became of papers.");
	for (int i = 0; i < STORE_PAPER_EVENT_COUNT; i++)
		metric_line(buf, "hoithi_papers_total", labels[i], metric_get(&counts->papers[i]));
	metric_one(buf, "hoithi_papers_open", "gauge", "Papers that are being sat.",
		   (uint64_t)jobs->papers_open);
	metric_one(buf, "hoithi_papers_overdue", "gauge",
		   "Papers that should have been closed by now.", (uint64_t)jobs->papers_overdue);
	metric_one(buf, "hoithi_jobs_lead", "gauge", "1 while this process runs the jobs.",
		   jobs->lead);
	metric_head(buf, "hoithi_jobs_last_step_timestamp_seconds", "gauge",
		    "When the jobs last went through; 0 not yet.");
	metric_line_seconds(buf, "hoithi_jobs_last_step_timestamp_seconds", "",
			    jobs->stepped_at * 1000);
}

static int64_t resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long size, resident = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%ld %ld", &size, &resident) != 2)
		resident = 0;
	fclose(file);
	return (int64_t)resident * sysconf(_SC_PAGESIZE);
}

static void print_process(struct buf *buf, const struct site *site)
{
	struct rusage usage = { 0 };
	struct rlimit files = { 0 };

	getrusage(RUSAGE_SELF, &usage);
	getrlimit(RLIMIT_NOFILE, &files);
	metric_head(buf, "process_cpu_seconds_total", "counter", "Time on a processor.");
	metric_line_seconds(buf, "process_cpu_seconds_total", "",
			    (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000L +
				    usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
	metric_one(buf, "process_resident_memory_bytes", "gauge", "Memory in use.",
		   (uint64_t)resident_bytes());
	metric_one(buf, "process_open_fds", "gauge", "Open files and connections.",
		   (uint64_t)site->jobs.open_files);
	metric_one(buf, "process_max_fds", "gauge", "So many may be open.",
		   (uint64_t)files.rlim_cur);
	metric_head(buf, "process_start_time_seconds", "gauge", "When the process was started.");
	metric_line_seconds(buf, "process_start_time_seconds", "", site->started_at * 1000);
}

void site_metrics(struct site *site, struct buf *buf)
{
	struct store_figures figures = store_figures(site->store);
	char labels[64];

	print_store(buf, &figures);
	print_papers(buf, &site->jobs, figures.counts);
	print_process(buf, site);
	snprintf(labels, sizeof(labels), "version=\"%s\",schema=\"%d\"", HOITHI_VERSION,
		 migrations[n_migrations - 1].number);
	metric_head(buf, "hoithi_build_info", "gauge", "What runs; always 1.");
	metric_line(buf, "hoithi_build_info", labels, 1);
}
