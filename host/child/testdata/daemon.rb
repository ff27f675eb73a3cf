# A component that starts a process which leaves its process group but keeps its pipes, and then ends: at once, or with its
# input if an argument is "stay". With the argument "wipe" that process also has an empty environment.
$stdout.sync = true
while (line = $stdin.gets)
  break if line == "end\n"
end
escaped = fork do
  Process.setsid
  exec({}, "/bin/sleep", "600", unsetenv_others: ARGV.include?("wipe"), 1 => 1, 2 => 2, 3 => 3)
end
puts %({"pid":#{Process.pid}}), "end"
puts %({"command":"log","msg":"#{escaped}"}), "end"
$stderr.puts "last words"
# Until exec it has this process's environment.
ready = -> { !File.exist?("/proc/self/comm") || File.read("/proc/#{escaped}/comm") == "sleep\n" }
sleep 0.01 until Process.getpgid(escaped) == escaped && ready.call
puts %({"command":"sync"}), "end"
$stdin.read if ARGV.include?("stay")
