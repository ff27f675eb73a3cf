# Starts the agent, or starts it again, and sees whether it stays.
set -e
if [ "$service" = systemd ]; then
	systemctl daemon-reload
	systemctl enable -q gstorm-agent
	systemctl restart gstorm-agent
else
	stop
	rm -f "$conf/agent.pid.new"
	detach=$(command -v setsid || command -v nohup)
	# Whoever runs it is the user already who writes the log; the pid is that of the agent, whatever forks before it.
	if [ "$(id -un)" = "$user" ]; then
		$detach sh -c "$launch" 3>"$conf/agent.pid.new" >/dev/null 2>&1 </dev/null &
	else
		$detach su -s /bin/sh -c "$launch" "$user" 3>"$conf/agent.pid.new" >/dev/null 2>&1 </dev/null &
	fi
	tries=0
	until [ -s "$conf/agent.pid.new" ]; do
		tries=$((tries + 1))
		if [ "$tries" -gt 100 ]; then
			echo "the agent could not be started as $user" >&2
			exit 1
		fi
		nap
	done
	mv -f "$conf/agent.pid.new" "$conf/agent.pid"
fi
sleep 1
if [ -z "$(agent)" ]; then
	echo "the agent has ended; its log says:" >&2
	why 5 >&2
	exit 1
fi
printf 'cluster %s\nstarted %s\n' "$cluster" "$stamp" >"$conf/deployed.new"
mv -f "$conf/deployed.new" "$conf/deployed"
