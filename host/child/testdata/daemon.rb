# A component that starts a process which leaves its process group but keeps its pipes, and then ends.
$stdout.sync = true
while (line = $stdin.gets)
  break if line == "end\n"
end
escaped = fork do
  Process.setsid
  sleep 600
end
puts %({"pid":#{Process.pid}}), "end"
puts %({"command":"log","msg":"#{escaped}"}), "end"
$stderr.puts "last words"
sleep 0.01 until Process.getpgid(escaped) == escaped
puts %({"command":"sync"}), "end"
