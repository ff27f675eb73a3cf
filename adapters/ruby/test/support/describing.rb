# frozen_string_literal: true

require "json"
require "rbconfig"
require "tempfile"
require "timeout"

# Plays gstorm to one describing process.
class Describing
  BOOT = File.expand_path("../../lib/gstorm/boot.rb", __dir__)
  PATIENCE_SECS = 20

  attr_reader :topology, :problems

  def initialize(file, *arguments, dir:, args: [], env: {}, ruby: %w[--disable-gems])
    @command = [RbConfig.ruby, *ruby, BOOT, "describe", file, *arguments, "--", *args]
    @dir = dir
    @env = env
    @problems = []
  end

  # Starts the process and reads its first line.
  def start
    input, @to = IO.pipe
    @from, output = IO.pipe
    @stdout = Tempfile.new("stdout")
    @stderr = Tempfile.new("stderr")
    @pid = spawn({ "GSTORM_CONTROL_OUT" => "3", "GSTORM_CONTROL_IN" => "4" }.merge(@env), *@command,
                 3 => output, 4 => input, out: @stdout.path, err: @stderr.path, chdir: @dir)
    [input, output].each(&:close)
    read
  end

  # Says that the topology runs.
  def submitted(env = "local")
    write("event" => "submitted", "env" => env, "name" => topology["name"])
  end

  def write(message)
    @to.puts(JSON.generate(message))
    @to.flush
  end

  # The next message of the process, nil at its end.
  def read
    line = Timeout.timeout(PATIENCE_SECS) { @from.gets } or return
    message = JSON.parse(line)
    @topology ||= message["topology"]
    @problems.concat(message["problems"] || [])
    message
  end

  # Waits for the end of the process.
  def status
    @status ||= Timeout.timeout(PATIENCE_SECS) { Process.wait2(@pid) }.last.exitstatus
  end

  def hang_up = @to.close
  def stdout = File.read(@stdout.path)
  def stderr = File.read(@stderr.path)

  def component(id) = topology["components"].find { |component| component["id"] == id }
  def warnings = topology["problems"].select { |problem| problem["severity"] == "warning" }.map { |problem| problem["message"] }
  def errors = topology["problems"].select { |problem| problem["severity"] == "error" }
end
