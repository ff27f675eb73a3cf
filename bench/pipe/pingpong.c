/*
 * How fast two processes hand each other a byte over pipes, blocking, and how fast one core computes: what the machine can
 * do at the moment, to be printed beside what was measured on it. One line of JSON.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(void)
{
	int there[2], back[2];
	char byte = 1;
	if (pipe(there) || pipe(back))
		return 1;
	pid_t child = fork();
	if (child == 0) {
		close(there[1]);
		close(back[0]);
		while (read(there[0], &byte, 1) == 1 && write(back[1], &byte, 1) == 1)
			;
		_exit(0);
	}
	double begin = now();
	long trips = 0;
	for (; now() - begin < 1; trips++)
		if (write(there[1], &byte, 1) != 1 || read(back[0], &byte, 1) != 1)
			return 1;
	double per_second = trips / (now() - begin);
	close(there[1]);
	waitpid(child, NULL, 0);

	begin = now();
	volatile unsigned long x = 1;
	long rounds = 0;
	for (; now() - begin < 0.5; rounds++)
		for (int i = 0; i < 1000000; i++)
			x = x * 6364136223846793005UL + 1;
	printf("{\"round_trips_s\":%.0f,\"mloops_s\":%.0f}\n", per_second, rounds / (now() - begin));
	return 0;
}
