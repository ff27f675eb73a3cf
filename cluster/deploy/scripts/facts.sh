# Says what there is of gstorm here. $files are paths, one a line.
echo "$mark"
if id -u "$user" >/dev/null 2>&1; then echo "there user"; fi
if [ -d "$conf" ]; then echo "there config"; fi
if [ -d "$data" ]; then echo "there data"; fi
if [ -x "$bin" ]; then echo "version $("$bin" version 2>/dev/null | head -n 1)"; fi
echo "$files" | while IFS= read -r path; do
	if [ -f "$path" ]; then echo "file $(sha256sum <"$path" | cut -d' ' -f1) $path"; fi
done
if [ -f "$conf/deployed" ]; then grep -E '^(cluster|started) ' "$conf/deployed"; fi
if [ -n "$(agent)" ]; then echo running; fi
if [ "$service" = systemd ] && systemctl is-enabled -q gstorm-agent 2>/dev/null; then echo enabled; fi
if [ -f "$data/node-id" ]; then echo began; fi
