# The same as wire.py, for Ruby.
require "json"

DIR = ENV.fetch("DIR")

def read
  text = +""
  while (line = $stdin.gets)
    return JSON.parse(text) if line == "end\n"
    text << line
  end
  exit
end

def say(message)
  $stdout.write(JSON.generate(message) + "\nend\n")
  $stdout.flush
end

def note(name, value) = File.write(File.join(DIR, name), "#{value}\n", mode: "a")

def greet(component)
  read
  note("pids.#{component}", Process.pid)
  say(pid: Process.pid)
end
