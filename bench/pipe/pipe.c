/*
 * The bare pipe: the least that a host of a multilang split bolt has to do, and so the ceiling of what one can reach with
 * it. It feeds the bolt as fast as the bolt reads, answers emits with task ids, and looks at nothing else. It prints one
 * line of JSON with the keys of measure.Result.
 *
 *	pipe WINDOW WARM SECONDS reply|ahead sleep|spin BEGUN SENTENCES COMMAND...
 *
 * WINDOW tuples are in flight. Task ids are answered to each emit that wants them (reply), or are kept ahead of the emits
 * (ahead). Between messages the driver sleeps, or never does (spin). BEGUN is when it was started, in ms since 1970.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	QUARTERS = 4,
	MAX_SENTENCES = 64,
	TUPLES = 4096,        /* messages made in advance, sent in turn */
	AHEAD = 2048,         /* lists of task ids that are kept ahead */
	ENOUGH = 128 << 10,   /* bytes to write at a time */
	DRAIN_SECONDS = 30,
};

#define END "\nend\n"
#define TASK_IDS "[2]" END
#define PID_DIR_TEMPLATE "/tmp/gstorm-pipe-XXXXXX"

/* What is to be written, and what was read and not yet understood. */
static char out[1 << 22], in[1 << 22];
static size_t out_len, out_done, in_len;
static int to_child, from_child;

static char *sentences[MAX_SENTENCES];
static int sentence_words[MAX_SENTENCES];
static int sentence_count;
static char *tuples[TUPLES];
static size_t tuple_len[TUPLES];

static bool task_ids_ahead, shaken;
static long in_flight, sent, acked, emitted, failed, credit;

static void die(const char *what)
{
	printf("{\"engine\":\"pipe\",\"error\":\"%s\"}\n", what);
	exit(1);
}

static double clock_at(clockid_t which)
{
	struct timespec t;
	clock_gettime(which, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

static double now(void) { return clock_at(CLOCK_MONOTONIC); }

static double own_cpu(void)
{
	struct rusage r;
	getrusage(RUSAGE_SELF, &r);
	return r.ru_utime.tv_sec + r.ru_stime.tv_sec + (r.ru_utime.tv_usec + r.ru_stime.tv_usec) * 1e-6;
}

static double child_cpu(pid_t child)
{
	char name[64], text[1024];
	snprintf(name, sizeof name, "/proc/%d/stat", child);
	int fd = open(name, O_RDONLY);
	if (fd < 0)
		return 0;
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = 0;
	unsigned long user, system;
	char *rest = strrchr(text, ')'); /* the name before it may hold anything */
	if (!rest || sscanf(rest + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
		return 0;
	return (user + system) / (double)sysconf(_SC_CLK_TCK);
}

static double resident_mb(const char *process)
{
	char name[64];
	long pages = 0;
	snprintf(name, sizeof name, "/proc/%s/statm", process);
	FILE *f = fopen(name, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%*d %ld", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * (sysconf(_SC_PAGESIZE) / 1048576.0);
}

static void put(const char *text, size_t n)
{
	memcpy(out + out_len, text, n); /* the callers stop at ENOUGH */
	out_len += n;
}

static void flush(void)
{
	while (out_done < out_len) {
		ssize_t n = write(to_child, out + out_done, out_len - out_done);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n < 0)
			die("the component does not read any more");
		out_done += n;
	}
	memmove(out, out + out_done, out_len - out_done);
	out_len -= out_done;
	out_done = 0;
}

static void read_sentences(const char *file)
{
	char line[1024];
	FILE *f = fopen(file, "r");
	while (f && sentence_count < MAX_SENTENCES && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\n")] = 0;
		sentences[sentence_count] = strdup(line);
		sentence_words[sentence_count] = 1;
		for (char *c = line; *c; c++)
			sentence_words[sentence_count] += *c == ' ';
		sentence_count++;
	}
	if (sentence_count == 0)
		die("there are no sentences");
	fclose(f);
}

/* Ids are as long and as different from each other as Storm's own. */
static void make_tuples(void)
{
	for (int i = 0; i < TUPLES; i++) {
		unsigned long long id = (i * 2654435761ULL * 40503ULL * 7919ULL + 1234567890123456789ULL) & 0x7fffffffffffffffULL;
		int n = asprintf(&tuples[i],
			"{\"id\":\"%llu\",\"comp\":\"spout\",\"stream\":\"default\",\"task\":1,\"tuple\":[\"%s\"]}" END,
			id, sentences[i % sentence_count]);
		tuple_len[i] = n;
	}
}

static pid_t start(char **command)
{
	int down[2], up[2];
	if (pipe2(down, O_CLOEXEC) || pipe2(up, O_CLOEXEC))
		die("there are no pipes");
	pid_t child = fork();
	if (child == 0) {
		dup2(down[0], 0);
		dup2(up[1], 1);
		execvp(command[0], command);
		_exit(127);
	}
	close(down[0]);
	close(up[1]);
	to_child = down[1];
	from_child = up[0];
	fcntl(to_child, F_SETFL, O_NONBLOCK);
	fcntl(from_child, F_SETFL, O_NONBLOCK);
	return child;
}

static void shake_hands(const char *pid_dir)
{
	char text[1024];
	int n = snprintf(text, sizeof text,
		"{\"conf\":{\"topology.name\":\"bench\",\"topology.message.timeout.secs\":30},\"pidDir\":\"%s\","
		"\"context\":{\"task->component\":{\"1\":\"spout\",\"2\":\"count\",\"3\":\"split\"},\"taskid\":3,\"componentid\":\"split\"}}" END,
		pid_dir);
	put(text, n);
	flush();
}

/* Writes what the bolt may have now. */
static void feed(long window)
{
	while (task_ids_ahead && credit < AHEAD && out_len < ENOUGH) {
		put(TASK_IDS, sizeof TASK_IDS - 1);
		credit++;
	}
	while (in_flight < window && out_len < ENOUGH) {
		/* The sentences must go round, or what is expected of them would not be known. */
		int i = sent % (TUPLES - TUPLES % sentence_count);
		put(tuples[i], tuple_len[i]);
		sent++;
		in_flight++;
	}
}

/* One message of the bolt, as text. Key order and blanks are the library's. */
static void handle(const char *message)
{
	if (!shaken) {
		shaken = strstr(message, "\"pid\"") != NULL;
		return;
	}
	const char *command = strstr(message, "\"command\"");
	if (!command)
		return;
	command += strlen("\"command\"");
	command += strspn(command, ": \"");
	if (!strncmp(command, "emit", 4)) {
		emitted++;
		bool wanted = !strstr(message, "\"need_task_ids\": false") && !strstr(message, "\"need_task_ids\":false");
		if (wanted && task_ids_ahead)
			credit--;
		else if (wanted)
			put(TASK_IDS, sizeof TASK_IDS - 1);
	} else if (!strncmp(command, "ack", 3)) {
		acked++;
		in_flight--;
	} else if (!strncmp(command, "error", 5) || !strncmp(command, "fail", 4)) {
		fprintf(stderr, "%s\n", message);
		failed++;
		in_flight--;
	}
}

/* Reads what there is, and handles the messages in it. */
static void take(bool spin)
{
	for (;;) {
		ssize_t n = read(from_child, in + in_len, sizeof in - in_len);
		if (n == 0)
			die("the component has ended");
		if (n < 0)
			return;
		in_len += n;
		char *from = in, *end;
		while ((end = memmem(from, in + in_len - from, END, sizeof END - 1))) {
			*end = 0;
			handle(from);
			from = end + sizeof END - 1;
		}
		in_len -= from - in;
		memmove(in, from, in_len);
		if (!spin || in_len == 0)
			return;
	}
}

static void await(bool spin)
{
	struct pollfd ready[2] = {{from_child, POLLIN, 0}, {to_child, POLLOUT, 0}};
	if (!spin)
		poll(ready, out_len > 0 ? 2 : 1, 1000);
	take(spin);
}

static long expected_words(void)
{
	long words = 0;
	for (long i = 0; i < sentence_count; i++)
		words += sentence_words[i] * (sent / sentence_count + (i < sent % sentence_count));
	return words;
}

int main(int argc, char **argv)
{
	if (argc < 9)
		die("usage: pipe WINDOW WARM SECONDS reply|ahead sleep|spin BEGUN SENTENCES COMMAND...");
	long window = atol(argv[1]);
	double warm = atof(argv[2]), seconds = atof(argv[3]), begun = atof(argv[6]);
	task_ids_ahead = !strcmp(argv[4], "ahead");
	bool spin = !strcmp(argv[5], "spin");
	read_sentences(argv[7]);
	make_tuples();
	char pid_dir[] = PID_DIR_TEMPLATE;
	if (!mkdtemp(pid_dir))
		die("there is no temporary directory");
	signal(SIGPIPE, SIG_IGN);
	pid_t child = start(argv + 8);
	shake_hands(pid_dir);

	double start_ms = 0, first = 0, marks[QUARTERS + 1], cpu = 0, kid_cpu = 0;
	long acks[QUARTERS + 1], first_emitted = 0;
	int mark = 0;
	double give_up = now() + DRAIN_SECONDS + warm + seconds;
	while (mark <= QUARTERS) {
		double t = now();
		if (t > give_up)
			die("the component does not get on");
		if (acked > 0 && first == 0) {
			first = t;
			start_ms = clock_at(CLOCK_REALTIME) * 1e3 - begun;
		}
		if (first > 0 && t >= first + warm + seconds * mark / QUARTERS) {
			marks[mark] = t;
			acks[mark] = acked;
			if (mark == 0) {
				cpu = own_cpu();
				kid_cpu = child_cpu(child);
				first_emitted = emitted;
			}
			mark++;
		}
		if (shaken)
			feed(window);
		flush();
		await(spin);
	}
	double time = marks[QUARTERS] - marks[0];
	cpu = (own_cpu() - cpu) / time;
	kid_cpu = (child_cpu(child) - kid_cpu) / time;
	long measured = acks[QUARTERS] - acks[0], measured_words = emitted - first_emitted;
	char pid[16];
	snprintf(pid, sizeof pid, "%d", child);
	double rss = resident_mb("self"), child_rss = resident_mb(pid);
	double slowest = 1e300, fastest = 0;
	for (int i = 0; i < QUARTERS; i++) {
		double rate = (acks[i + 1] - acks[i]) / (marks[i + 1] - marks[i]);
		slowest = rate < slowest ? rate : slowest;
		fastest = rate > fastest ? rate : fastest;
	}

	/* What is in flight comes to its end, so that all can be counted. */
	give_up = now() + DRAIN_SECONDS;
	while (in_flight > 0 && now() < give_up) {
		flush();
		await(spin);
	}
	const char *error = "";
	if (acked != sent || failed > 0)
		error = "not every sentence was acked";
	else if (emitted != expected_words())
		error = "the words are not those of the sentences";
	printf("{\"engine\":\"pipe\",\"sentences_s\":%.1f,\"slowest_s\":%.1f,\"fastest_s\":%.1f,\"tuples_s\":%.1f,"
		"\"cpu\":%.3f,\"child_cpu\":%.3f,\"rss_mb\":%.1f,\"child_rss_mb\":%.1f,\"start_ms\":%.1f,"
		"\"emitted\":%ld,\"counted\":%ld,\"failed\":%ld,\"error\":\"%s\"}\n",
		measured / time, slowest, fastest, (measured + measured_words) / time,
		cpu, kid_cpu, rss, child_rss, start_ms, sent, emitted, failed, error);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	char pid_file[sizeof pid_dir + 16];
	snprintf(pid_file, sizeof pid_file, "%s/%d", pid_dir, child);
	unlink(pid_file);
	rmdir(pid_dir);
	return *error != 0;
}
