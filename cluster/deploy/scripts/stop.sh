# Stops the agent, which says good-bye to the others; its workers go on.
stop disable --now -q
