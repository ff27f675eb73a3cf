# frozen_string_literal: true

require "test_helper"

# A task as the host sees it: the handshake, prints, heartbeats, what can't be sent, and all ways to end.
class TaskProcessTest < Minitest::Test
  include TopologySource

  STREAMS = { outputs: { "default" => ["x"] }, inputs: { "source" => ["word"] } }.freeze

  def bolt(body, base: "Gstorm", head: nil, **options, &block)
    task(source(body, base, head), "b", **STREAMS, **options, &block)
  end

  def source(body, base = "Gstorm", head = nil)
    <<~RUBY
      require "#{base == "Gstorm" ? "gstorm" : "red_storm"}"
      #{head}
      class B < #{base}::Bolt
      #{body}
      end
      class T < Gstorm::Topology
        bolt(B) { from "source" }
      end
    RUBY
  end

  # A handler that waits until go is called.
  WAIT = "File.read('go')"
  def go
    File.mkfifo(File.join(@dir, "go"))
    yield -> { File.write(File.join(@dir, "go"), "") }
  end

  def test_without_an_offer_the_handshake_is_the_classic_one
    bolt("on_receive { |t| 1 / 0 }", offer: nil) do |host|
      assert_equal({ "pid" => host.pid }, host.messages.first)
      assert_equal [%w[command msg], %w[command id]], host.handle("a").map(&:keys)
    end
  end

  def test_only_what_is_offered_and_known_is_accepted
    bolt("on_receive { |t| 1 / 0 }", offer: { "v" => 2, "features" => %w[error_at teleport] }) do |host|
      assert_equal({ "v" => 1, "features" => ["error_at"] }, host.accepted)
    end
  end

  def test_the_pid_file_is_written
    bolt("on_receive { |t| 1 }") do |host|
      host.handle("a")
      assert_path_exists File.join(host.pid_dir, host.pid.to_s)
    end
  end

  def test_prints_never_reach_the_protocol
    bolt(<<~RUBY, head: "puts 'file'; $stdout.print \"print\\n\"; system('echo command'); log = `echo captured`; $stderr.puts 'err'") do |host|
      puts "class"
      on_init { p :init; STDOUT.write("written\\n"); warn "warned" }
      on_receive do |t|
        puts "handler", STDIN.read.inspect, ENV["GSTORM_ROLE"], ENV.key?("GSTORM_STDOUT_FD")
        Thread.new { puts "thread"; $stdout << "more\\n" }.join
        system "echo end"
        t.word
      end
      on_close { puts "close" }
    RUBY
      assert_equal [["a"]], host.handle("a").filter_map { |message| message["tuple"] }
      assert_equal 0, host.finish.exitstatus
      assert_equal %w[file print command class :init written handler "" task false thread more end close], host.stdout.lines(chomp: true)
      assert_equal %w[err warned], host.stderr.lines(chomp: true)
    end
  end

  def test_prints_go_to_stderr_where_there_is_no_pipe_for_them
    bolt("on_receive { |t| puts 'here' }", env: { "GSTORM_STDOUT_FD" => nil }) do |host|
      host.handle("a")
      host.finish
      assert_equal "here\n", host.stderr
    end
  end

  def test_logs_from_before_the_handshake_are_kept
    bolt("log.info 'class body'\non_receive { |t| t.word }", head: "Gstorm::Logger.new('x').warn('file')") do |host|
      assert_equal [["log", "file", 3], ["log", "class body", 2]], 2.times.map { host.read.values_at("command", "msg", "level") }
    end
  end

  def test_logs_may_hold_anything
    bolt("on_receive { |t| log.info \"caf\\xE9\\nend\\n\"; log.error 'x', ArgumentError.new('y'); log.warn(nil) { 'block' } }") do |host|
      messages = host.handle("a")
      assert_equal "caf\uFFFD\nend\n", messages[0]["msg"]
      assert_match(/\Ax: .*y \(ArgumentError\)/, messages[1]["msg"])
      assert_equal "block", messages[2]["msg"]
    end
  end

  def test_heartbeats_are_answered_while_a_handler_waits
    go do |release|
      bolt("on_receive { |t| log.info 'in'; #{WAIT}; nil }") do |host|
        host.heartbeat
        assert_equal({ "command" => "sync" }, host.read)
        host.tuple("a")
        host.take_until("log")
        host.heartbeat
        busy = host.read["busy"]
        assert_kind_of Float, busy
        host.heartbeat
        assert_operator host.read["busy"], :>, busy
        release.call
        assert_equal "ack", host.read["command"]
        host.heartbeat
        assert_equal({ "command" => "sync" }, host.read)
      end
    end
  end

  def test_heartbeats_are_answered_while_a_handler_computes
    bolt("on_receive { |t| 1 until File.exist?('done'); nil }", offer: nil) do |host|
      host.tuple("a")
      host.heartbeat
      assert_equal({ "command" => "sync" }, host.read)
      write("done", "")
      assert_equal "ack", host.read["command"]
    end
  end

  def test_a_tuple_that_only_looks_like_a_heartbeat
    bolt("on_receive { |t| t.word[:stream] }") do |host|
      assert_equal ["__heartbeat"], host.handle({ "stream" => "__heartbeat", "task" => -1 }).first["tuple"]
    end
  end

  def test_a_burst_is_answered_in_order_and_no_answer_waits_for_the_next_handler
    go do |release|
      bolt("on_receive { |t| #{WAIT} if t.word == 'wait'; t.word }") do |host|
        frames = (1..3000).map { |i| { "id" => i.to_s, "comp" => "source", "stream" => "default", "task" => 1, "tuple" => [i == 3000 ? "wait" : "w#{i}"] } }
        sender = Thread.new { host.write_all(frames) }
        expected = (1..2999).flat_map { |i| [["w#{i}"], i.to_s] }
        assert_equal(expected, expected.map { host.read.then { |message| message["tuple"] || message["id"] } })
        release.call
        assert_equal [["wait"], "3000"], [host.read["tuple"], host.read["id"]]
        sender.join
      end
    end
  end

  def test_large_and_strange_values_pass
    bolt("on_receive { |t| [t.word] }") do |host|
      ["x" * 5_000_000, "line\nend\nline", "\u2028\r\n\u0000é😀", 2**80, { "a" => [1.0, nil] }].each do |value|
        assert_equal [value], host.handle(value).first["tuple"]
      end
    end
  end

  def test_a_megabyte_of_warnings
    bolt("on_receive { |t| $stderr.write('x' * 1_000_000); 1 }") { |host| assert_equal [1], host.handle("a").first["tuple"] }
  end

  %w[Gstorm RedStorm::DSL].each do |base|
    define_method(:"test_what_cannot_be_sent_fails_its_tuple_only_#{base}") do
      bolt("on_receive(ack: true, anchor: true) { |t| eval(t[0]) }", base: base) do |host|
        { "Float::NAN" => "component b, stream default: field x is NaN, which JSON has no number for",
          '"caf\xE9"' => "component b, stream default: field x is a String that isn't valid UTF-8",
          "Object.new" => "component b, stream default: field x is a Object, which can't be sent",
          "[1, 2]" => "component b, stream default: a tuple has 2 values, the stream has 1 fields (x)",
          "emit(1, stream: :defualt)" => "component b has no stream defualt, did you mean default? (declared: default)" }
          .each do |code, message|
            error, failed = host.handle(code)
            assert_includes error["msg"], message
            assert_equal ["error", "Gstorm::EmitError", "fail"], [error["command"], error["class"], failed["command"]]
          end
        assert_equal [["ok"], nil], host.handle("'ok'").map { |message| message["tuple"] }
      end
    end
  end

  def test_the_number_of_values_only_matters_to_consumers
    bolt("on_receive { |t| [1, 2] }", consumed: []) { |host| assert_equal [1, 2], host.handle("a").first["tuple"] }
  end

  def test_an_emit_without_output_fields_is_an_error
    bolt("on_receive { |t| emit 1 }", outputs: {}) { |host| assert_match(/declares no output_fields/, host.handle("a").first["msg"]) }
  end

  def test_at_the_end_of_the_input_queued_work_is_finished
    bolt("on_receive { |t| t.word }\non_close { emit 'last'; puts 'closed' }") do |host|
      50.times { |i| host.tuple(i) }
      assert_equal 0, host.finish.exitstatus
      assert_equal (0..49).to_a + ["last"], host.messages.filter_map { |message| message["tuple"]&.first }
      assert_equal "closed\n", host.stdout
    end
  end

  def test_a_host_that_has_gone_is_no_error
    bolt("on_receive { |t| t.word }\non_close { puts 'closed' }") do |host|
      host.close_output
      host.tuple("a")
      assert_equal 0, host.status.exitstatus
      assert_equal ["closed\n", ""], [host.stdout, host.stderr]
    end
  end

  def test_exit_in_user_code_is_the_status_and_loses_nothing
    { "exit 3" => 3, "exit" => 0, "abort" => 1, "Thread.new { exit 4 }.join; sleep" => 4, "exit! 5" => 5 }.each do |code, status|
      bolt("on_receive { |t| emit t.word; #{code} }") do |host|
        host.tuple("a")
        assert_equal ["a"], host.read["tuple"]
        assert_equal status, host.status.exitstatus, code
      end
    end
  end

  def test_sigterm_runs_on_close
    go do |release|
      bolt("on_receive { |t| log.info 'in'; #{WAIT} }\non_close { puts 'closed' }") do |host|
        host.tuple("a")
        host.read
        host.signal("TERM")
        assert_equal 143, host.status.exitstatus
        assert_equal "closed\n", host.stdout
        _ = release
      end
    end
    bolt("on_receive { |t| 1 }\non_close { puts 'closed' }") do |host|
      host.handle("a")
      host.signal("INT") # is gstorm's business
      host.handle("a")
      host.signal("TERM")
      assert_equal 143, host.status.exitstatus
      assert_equal "closed\n", host.stdout
    end
  end

  def test_a_thread_that_aborts_ends_the_process_with_its_error
    handlers = { "nil" => "idle", "sleep" => "in a handler" }
    handlers.each do |then_do, place|
      bolt("on_receive { |t| Thread.new { Thread.current.abort_on_exception = true; Thread.current.report_on_exception = false; raise 'poller' }; #{then_do} }") do |host|
        host.tuple("a")
        assert_match(/poller \(RuntimeError\)/, host.take_until("error").last["msg"], place)
        assert_equal 1, host.status.exitstatus, place
      end
    end
  end

  def test_what_a_thread_raises_into_its_handler_only_fails_the_tuple
    bolt("on_receive { |t| Thread.new { Thread.current.report_on_exception = false; raise 'oh' }.value }") do |host|
      assert_equal %w[error fail], host.handle("a").map { |message| message["command"] }
      assert_equal %w[error fail], host.handle("a").map { |message| message["command"] }
    end
  end

  def test_a_fork_neither_holds_nor_uses_the_pipes
    go do |release|
      bolt("on_receive { |t| fork { begin; emit 1; rescue Exception => e; puts e.class; end; puts 'chatty'; #{WAIT} }; 2 }\non_close { puts 'closed' }") do |host|
        assert_equal [2], host.handle("a").first["tuple"]
        assert_equal 0, host.finish.exitstatus # the output ends although the fork lives
        release.call
        assert_equal 1, host.stdout.scan("closed").size
      end
    end
  end

  def test_a_file_that_does_not_load_is_an_error_of_the_task
    task("require 'gstorm'\nraise 'too bad'", "b") do |host|
      assert_equal ["error", "RuntimeError", "topology.rb", 2], host.read.values_at("command", "class", "file", "line")
      assert_equal 1, host.status.exitstatus
    end
    Host.run(write("topology.rb", source("on_receive { |t| }")), "other", dir: @dir) do |host|
      assert_match(/topology.rb has no component other/, host.read["msg"])
      assert_equal 1, host.status.exitstatus
    end
  end

  def test_a_handler_does_not_outlive_a_killed_host
    write("topology.rb", source("on_receive { |t| emit Process.pid; sleep }"))
    middle = IO.popen([RbConfig.ruby, "-I#{__dir__}", "-e", <<~RUBY], chdir: @dir)
      require "support/host"
      host = Host.new("topology.rb", "b", dir: ".", outputs: { "default" => ["x"] })
      host.tuple("a")
      puts host.read["tuple"].first
      $stdout.flush
      Process.kill("KILL", Process.pid)
    RUBY
    pid = middle.gets.to_i
    Process.wait(middle.pid)

    assert_operator pid, :>, 0
    assert(eventually { gone?(pid) })
  end

  private

  def gone?(pid)
    File.read("/proc/#{pid}/stat").split[2] == "Z"
  rescue Errno::ENOENT
    Process.kill(0, pid) && false
  rescue Errno::ESRCH
    true
  end

  def eventually
    deadline = Process.clock_gettime(Process::CLOCK_MONOTONIC) + Host::PATIENCE_SECS
    until (done = yield)
      return false if Process.clock_gettime(Process::CLOCK_MONOTONIC) > deadline

      Thread.pass
    end
    done
  end
end
