# frozen_string_literal: true

require "fileutils"
require "json"
require "tempfile"
require "timeout"
require "tmpdir"

# Plays the host to one task in a process of its own, over pipes, as gstorm does.
class Host
  BOOT = File.expand_path("../../lib/gstorm/boot.rb", __dir__)
  EXTENSION = { "v" => 1, "features" => %w[finished busy error_at] }.freeze
  PATIENCE_SECS = 20

  attr_reader :pid, :pid_dir, :messages, :accepted

  # file: the topology's. inputs: {component => fields} of the default stream, or {component => {stream => fields}}.
  # outputs: {stream => fields}; consumed: the streams of them that somebody subscribes to.
  def initialize(file, component, conf: {}, inputs: {}, outputs: {}, consumed: outputs.keys, offer: EXTENSION, args: [], dir: File.dirname(file), env: {}, options: [])
    @messages = []
    @ids = 0
    spawn_task([file, *options, "--component", component, "--", *args], dir, env)
    handshake(component, conf, inputs, outputs, consumed, offer)
  end

  def self.run(...)
    host = new(...)
    yield host
  ensure
    host&.kill
    host&.remove_pid_dir
  end

  # The folder for pid files goes with the host.
  def remove_pid_dir = FileUtils.rm_rf(@pid_dir)

  # Sends a tuple and returns its id.
  def tuple(*values, from: "source", stream: "default", id: (@ids += 1).to_s, task: 1)
    write("id" => id, "comp" => from, "stream" => stream, "task" => task, "tuple" => values)
    id
  end

  def tick = tuple(1, from: "__system", stream: "__tick", task: -1)
  def heartbeat = tuple(from: nil, stream: "__heartbeat", task: -1, id: "hb")

  # Sends a command and returns the messages that came before its sync.
  def command(name, id = "")
    write("command" => name, "id" => id)
    take_until("sync")[0...-1]
  end

  def write(message)
    @to.write("#{JSON.generate(message)}\nend\n")
  end

  # Sends many at once.
  def write_all(messages)
    @to.write(messages.map { |message| "#{JSON.generate(message)}\nend\n" }.join)
  end

  # The next message of the task.
  def read
    text = +""
    while (line = Timeout.timeout(PATIENCE_SECS) { @from.gets })
      return note(JSON.parse(text)) if line == "end\n"

      text << line
    end
    raise "the task has ended#{"; it left #{text.inspect}" unless text.empty?}\n#{stderr}"
  end

  # The messages up to the first of that command, itself included.
  def take_until(command)
    taken = []
    loop do
      taken << read
      return taken if taken.last["command"] == command
    end
  end

  # Sends a tuple and returns the messages up to its ack or fail.
  def handle(*values, **options)
    id = tuple(*values, **options)
    taken = []
    loop do
      taken << read
      return taken if %w[ack fail].include?(taken.last["command"]) && taken.last["id"] == id
    end
  end

  # What the task's prints and its stderr have been so far; after finish, all of it.
  def stdout = File.read(@stdout.path)
  def stderr = File.read(@stderr.path)

  def close_input = @to.close
  def close_output = @from.close

  # Ends the input, reads to the end and returns the exit status.
  def finish
    @to.close unless @to.closed?
    status
  end

  # Reads to the end and returns the exit status.
  def status
    read until @from.closed? || @from.eof?
    Timeout.timeout(PATIENCE_SECS) { Process.wait2(@pid) }.last.tap { @pid = nil }
  end

  def signal(name) = Process.kill(name, @pid)

  def kill
    return unless @pid

    Process.kill("KILL", @pid)
    Process.wait(@pid)
  end

  private

  def spawn_task(arguments, dir, env)
    input, @to = IO.pipe
    @from, output = IO.pipe
    @to.sync = true
    @from.set_encoding(Encoding::UTF_8)
    @stdout = Tempfile.new("stdout")
    @stderr = Tempfile.new("stderr")
    @pid = spawn({ "GSTORM_STDOUT_FD" => "3" }.merge(env), RbConfig.ruby, "--disable-gems", BOOT, "task", *arguments,
                 in: input, out: output, err: @stderr.path, 3 => @stdout, chdir: dir)
    [input, output].each(&:close)
  end

  def handshake(component, conf, inputs, outputs, consumed, offer)
    @pid_dir = Dir.mktmpdir
    message = { "pidDir" => @pid_dir, "conf" => conf, "context" => context(component, inputs, outputs, consumed) }
    message = message.merge("gstorm" => offer) if offer
    write(message)
    reply = read
    @accepted = reply["gstorm"]
  end

  def context(component, inputs, outputs, consumed)
    fields = inputs.transform_values { |value| value.is_a?(Hash) ? value : { "default" => value } }
    { "taskid" => 3, "componentid" => component, "task->component" => { "1" => "source", "3" => component },
      "source->stream->fields" => fields, "stream->outputfields" => outputs,
      "stream->target->grouping" => consumed.to_h { |stream| [stream, { "sink" => { "type" => "SHUFFLE" } }] } }
  end

  def note(message)
    @messages << message
    message
  end
end
