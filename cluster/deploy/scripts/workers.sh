# Ends the workers: they are told to, and after a while killed.
all=$(workers)
if [ -n "$all" ]; then
	kill -TERM $all 2>/dev/null
	gone 30 $all
fi
