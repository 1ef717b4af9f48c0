#include "herd.h"

static void print_times(const char *name, const struct histogram *times, FILE *to)
{
	fprintf(to, ",\n \"%s\":{\"n\":%lld,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"max_ms\":%.3f}", name,
		(long long)times->n, histogram_ms(times, 500), histogram_ms(times, 990),
		(double)times->max_us / 1000);
}

static void print_count(const char *name, int64_t count, FILE *to)
{
	fprintf(to, ",\n \"%s\":%lld", name, (long long)count);
}

static void print_faults(const struct figures *wire, FILE *to)
{
	const char *comma = "";

	print_count("errors", figures_faults(wire), to);
	fprintf(to, ",\n \"errors_by_kind\":{");
	for (int i = 0; i < FAULT_COUNT; i++) {
		if (wire->faults[i] == 0)
			continue;
		fprintf(to, "%s\"%s\":%lld", comma, fault_name((enum fault)i),
			(long long)wire->faults[i]);
		comma = ",";
	}
	fprintf(to, "}");
}

void herd_figures_print(const struct herd *herd, int64_t cpu_us, FILE *to)
{
	const struct herd_figures *figures = &herd->figures;
	double seconds = (double)(herd->wire.ended_us - herd->wire.began_us) / 1e6;
	double window = (double)herd->window_us / 1e6;
	double signing = (double)(figures->last_sign_in_us - figures->first_sign_in_us) / 1e6;

	fprintf(to,
		"{\"people\":%d,\"window_s\":%.1f,\"seconds\":%.1f,\"client_cores\":%.3f,\n"
		" \"papers_per_second\":%.1f,\"sign_ins_per_second\":%.1f,"
		"\"last_ready_s\":%.3f",
		herd->n_people, window, seconds, (double)cpu_us / 1e6 / seconds,
		window > 0 ? (double)figures->in_time / window : 0,
		signing > 0 ? (double)figures->signed_in.n / signing : 0,
		(double)figures->last_ready_us / 1e6);
	print_times("start", &figures->answer[HERD_READY], to);
	print_times("paper", &figures->done[HERD_READY], to);
	print_times("sign_in", &figures->answer[HERD_SIGN_IN], to);
	print_times("signed_in", &figures->signed_in, to);
	print_times("start_after", &figures->start_after, to);
	print_times("paper_after", &figures->done[HERD_SIGN_IN], to);
	print_times("register", &figures->answer[HERD_REGISTER], to);
	print_times("registered", &figures->done[HERD_REGISTER], to);
	print_times("client_late", &figures->late, to);
	print_count("ready", figures->came[HERD_READY], to);
	print_count("signing_in", figures->came[HERD_SIGN_IN], to);
	print_count("registering", figures->came[HERD_REGISTER], to);
	print_count("not_in", herd->n_left + figures->given_up, to);
	print_count("given_up", figures->given_up, to);
	print_count("waited", figures->waited, to);
	print_count("most_before", figures->most_before, to);
	print_count("waiting_pages", figures->polls, to);
	print_count("sent_again", figures->resent, to);
	print_count("led_back", figures->led_back, to);
	print_count("sign_ins_left_then", figures->sign_ins_then, to);
	print_count("most_open", figures->most_open, to);
	print_count("connections", herd->lines_max, to);
	print_count("connects", herd->wire.connects, to);
	print_count("requests", herd->wire.requests, to);
	print_count("bytes_in", herd->wire.bytes_in, to);
	print_count("bytes_out", herd->wire.bytes_out, to);
	print_faults(&herd->wire, to);
	fprintf(to, "}\n");
}
