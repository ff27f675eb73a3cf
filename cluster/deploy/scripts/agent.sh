# What the scripts about the agent have in common.

# mine reports whether a process is the agent of this configuration: a pid file may be older than the machine's last start.
mine() {
	[ -n "$1" ] && tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -qF " agent --config $conf/agent.yaml "
}

# agent prints the agent's pid, if it runs.
agent() {
	if [ "$service" = systemd ]; then
		if systemctl is-active -q gstorm-agent; then systemctl show -p MainPID --value gstorm-agent; fi
	else
		pid=$(cat "$conf/agent.pid" 2>/dev/null) || pid=
		if mine "$pid"; then echo "$pid"; fi
	fi
}

# nap waits for a moment.
nap() { sleep 0.1 2>/dev/null || sleep 1; }

# gone waits until processes have ended, and kills them if they do not: gone SECONDS PID...
gone() {
	until=$(($(date +%s) + $1))
	shift
	while :; do
		left=
		for pid; do
			if kill -0 "$pid" 2>/dev/null && [ "$(cut -d' ' -f3 "/proc/$pid/stat" 2>/dev/null)" != Z ]; then left="$left $pid"; fi
		done
		if [ -z "$left" ]; then return 0; fi
		if [ "$(date +%s)" -ge "$until" ]; then
			kill -KILL $left 2>/dev/null || true
			return 0
		fi
		nap
	done
}

# stop stops the agent; its workers go on.
stop() {
	if [ "$service" = systemd ]; then
		if [ -f "$unit" ]; then systemctl "$@" gstorm-agent; fi
		return
	fi
	pid=$(agent)
	if [ -n "$pid" ]; then
		kill -TERM "$pid" 2>/dev/null || true
		gone 60 "$pid"
	fi
	rm -f "$conf/agent.pid"
}

# why prints the last lines of the agent's log.
why() {
	if [ "$service" = systemd ]; then
		journalctl -u gstorm-agent -n "$1" -o cat --no-pager 2>/dev/null
	else
		tail -n "$1" "$data/agent.log" 2>/dev/null
	fi
}

# workers prints the pids of the workers that belong to the data folder.
workers() {
	# One look at all processes, and a second at the few that may be meant.
	for file in $(grep -lF __worker /proc/[0-9]*/cmdline 2>/dev/null); do
		if tr '\0' '\n' <"$file" 2>/dev/null | sed -n 2,3p | tr '\n' ' ' | grep -qF "__worker $data/"; then
			pid=${file#/proc/}
			echo "${pid%/cmdline}"
		fi
	done
}
