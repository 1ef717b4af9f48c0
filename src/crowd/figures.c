#include "crowd/figures.h"

const char *step_name(enum step step)
{
	static const char *const names[STEP_COUNT] = {
		[STEP_START_PAGE] = "start_page", [STEP_START] = "start", [STEP_PAPER] = "paper",
		[STEP_SAVE] = "save", [STEP_SUBMIT] = "submit", [STEP_RESULT] = "result",
		[STEP_SIGN_IN_PAGE] = "sign_in_page", [STEP_SIGN_IN] = "sign_in",
		[STEP_REGISTER_PAGE] = "register_page", [STEP_REGISTER] = "register",
	};
	return names[step];
}

const char *fault_name(enum fault fault)
{
	static const char *const names[FAULT_COUNT] = {
		[FAULT_CONNECT] = "connect", [FAULT_CLOSED] = "closed", [FAULT_TIMEOUT] = "timeout",
		[FAULT_PROTOCOL] = "protocol", [FAULT_GZIP] = "gzip", [FAULT_BUSY] = "busy",
		[FAULT_STATUS] = "status", [FAULT_LOCATION] = "location", [FAULT_PAGE] = "page",
		[FAULT_VERDICT] = "verdict", [FAULT_STORED] = "stored",
	};
	return names[fault];
}

int64_t figures_faults(const struct figures *figures)
{
	int64_t sum = 0;

	for (int i = 0; i < FAULT_COUNT; i++)
		sum += figures->faults[i];
	return sum;
}

static void print_steps(const struct figures *figures, FILE *to)
{
	const char *comma = "";

	fprintf(to, "\"steps\":{");
	for (int i = 0; i < STEP_COUNT; i++) {
		const struct histogram *step = &figures->steps[i];
		if (step->n == 0)
			continue;
		fprintf(to,
			"%s\"%s\":{\"n\":%lld,\"p50_ms\":%.3f,\"p95_ms\":%.3f,\"p99_ms\":%.3f,"
			"\"max_ms\":%.3f}",
			comma, step_name((enum step)i), (long long)step->n, histogram_ms(step, 500),
			histogram_ms(step, 950), histogram_ms(step, 990),
			(double)step->max_us / 1000);
		comma = ",";
	}
	fprintf(to, "}");
}

static void print_faults(const struct figures *figures, FILE *to)
{
	const char *comma = "";

	fprintf(to, "\"errors\":%lld,\"errors_by_kind\":{", (long long)figures_faults(figures));
	for (int i = 0; i < FAULT_COUNT; i++) {
		if (figures->faults[i] == 0)
			continue;
		fprintf(to, "%s\"%s\":%lld", comma, fault_name((enum fault)i),
			(long long)figures->faults[i]);
		comma = ",";
	}
	fprintf(to, "}");
}

void figures_print(const struct figures *figures, int connections, double rate, FILE *to)
{
	double seconds = (double)(figures->ended_us - figures->began_us) / 1e6;
	double per_second = seconds > 0 ? 1 / seconds : 0;

	fprintf(to,
		"{\"seconds\":%.3f,\"connections\":%d,\"rate\":%.1f,\"begun\":%lld,\"done\":%lld,"
		"\"behind\":%lld,\"per_second\":%.1f,\"requests_per_second\":%.1f,"
		"\"requests\":%lld,\"waited\":%lld,"
		"\"bytes_in\":%lld,\"bytes_out\":%lld,\"bytes_plain\":%lld,\"connects\":%lld,"
		"\"unanswered\":%lld,\"client_cores\":%.3f,",
		seconds, connections, rate, (long long)figures->begun, (long long)figures->done,
		(long long)figures->behind, (double)figures->done * per_second,
		(double)figures->requests * per_second, (long long)figures->requests,
		(long long)figures->waited,
		(long long)figures->bytes_in, (long long)figures->bytes_out,
		(long long)figures->bytes_plain, (long long)figures->connects,
		(long long)figures->unanswered,
		(double)figures->cpu_us / 1e6 * per_second);
	print_steps(figures, to);
	fprintf(to, ",");
	print_faults(figures, to);
	fprintf(to, "}");
}
