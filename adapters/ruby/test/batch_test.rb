# frozen_string_literal: true

require "test_helper"

# Tasks under a host that takes batches.
class BatchTest < Minitest::Test
  include TopologySource

  OFFER = { "v" => 1, "features" => %w[finished busy error_at batch] }.freeze
  STREAMS = { outputs: { "default" => ["x"], "late" => ["y"] }, inputs: { "source" => ["word"] }, offer: OFFER }.freeze
  SYNC = { "command" => "sync" }.freeze

  def bolt(body, **options, &block)
    task(<<~RUBY, "b", **STREAMS, **options, &block)
      require "gstorm"
      class B < Gstorm::Bolt
      #{body}
      end
      class T < Gstorm::Topology
        bolt(B) { from "source" }
      end
    RUBY
  end

  def spout(body, base: "Spout", **options, &block)
    task(<<~RUBY, "s", **STREAMS, **options, &block)
      require "gstorm"
      class S < Gstorm::#{base}
      output_fields :x
      #{body}
      end
      class T < Gstorm::Topology
        spout S
      end
    RUBY
  end

  def batch(first, *words) = { "first" => first, "comp" => "source", "stream" => "default", "task" => 1, "batch" => words.map { |word| [word] } }

  # What the task says until block, as classic messages: [head, values, stream, task], [:fail, id], [:ack, id], :sync or
  # the message itself.
  def said(host)
    events = []
    until yield(events)
      message = host.read
      message["command"] == "batch" ? unpack(message, events) : events << (message == SYNC ? :sync : message)
    end
    events
  end

  def unpack(message, events)
    message["emits"]&.each do |group|
      group["tuples"].each do |head, *rows|
        rows.each { |values| events << [head, values, group["stream"], group["task"]].compact }
      end
    end
    %w[fails acks].each do |list|
      message[list]&.each { |ids| Range.new(*Array(ids).minmax).each { |id| events << [list.chop.to_sym, id] } }
    end
    events << :sync if message["sync"]
  end

  def answered(host, count)
    said(host) { |events| events.count { |event| event.is_a?(Array) && event.first.is_a?(Symbol) } >= count }
  end

  # A next, and what came up to its sync.
  def credit(host, count, **ends)
    host.write({ "command" => "next", "id" => "", "n" => count }.merge(ends.transform_keys(&:to_s)))
    said(host) { |events| events.last == :sync }[0...-1]
  end

  def test_the_feature_is_taken
    bolt("on_receive { |t| 1 }") { |host| assert_equal OFFER, host.accepted }
  end

  def test_a_batch_is_answered_in_order
    bolt("on_receive { |t| t.word.chars.map { |c| [c] } }") do |host|
      host.write(batch(17, "ab", "c"))
      events = answered(host, 2)
      assert_equal [[17, ["a"]], [17, ["b"]], [18, ["c"]]], events.grep(Array).reject { |e| e.first.is_a?(Symbol) }
      assert_equal [[:ack, 17], [:ack, 18]], events.select { |e| e.first == :ack }
    end
  end

  def test_a_whole_batch_is_answered_with_few_frames
    bolt("on_receive { |t| t.word }") do |host|
      host.write(batch(1, *Array.new(100, "w")))
      answered(host, 100)
      assert_operator host.messages.size, :<, 50
    end
  end

  def test_streams_tasks_and_anchors
    bolt(<<~RUBY) do |host|
      on_receive do |t|
        @first ||= t
        emit 1, stream: :late
        emit 2, stream: :late
        emit 3, anchor: false
        emit 4, anchor: [@first, t], task: 7
        emit 5, anchor: @first
      end
    RUBY
      host.write(batch(8, "a"))
      answered(host, 1)
      host.write(batch(9, "b"))
      assert_equal [[9, [1], "late"], [9, [2], "late"], [nil, [3]].compact, [[8, 9], [4], 7], [8, [5]], [:ack, 9]], answered(host, 1)
    end
  end

  def test_a_failing_tuple_in_the_middle_fails_alone
    bolt("on_receive { |t| Integer(t.word) }") do |host|
      host.write(batch(1, "1", "x", "3"))
      events = answered(host, 3)
      assert_equal [[1, [1]], [3, [3]]], events.grep(Array).reject { |e| e.first.is_a?(Symbol) }
      assert_equal [[:ack, 1], [:ack, 3], [:fail, 2]], events.select { |e| e.is_a?(Array) && e.first.is_a?(Symbol) }.sort
      error = events.grep(Hash).first
      assert_equal %w[error ArgumentError 2], error.values_at("command", "class", "id")
    end
  end

  def test_what_cannot_be_sent_fails_its_tuple_only
    bolt("on_receive { |t| t.word == 'bad' ? Float::NAN : t.word }") do |host|
      host.write(batch(1, "a", "bad", "c"))
      events = answered(host, 3)
      assert_includes events.grep(Hash).first["msg"], "field x is NaN"
      assert_includes events, [:fail, 2]
      assert_includes events, [3, ["c"]]
    end
  end

  def test_messages_of_other_kinds_keep_their_places
    bolt("on_receive { |t| emit 1; log.info 'in between'; emit 2; emit 4, task_ids: true }") do |host|
      host.write(batch(5, "a"))
      host.take_until("emit")
      asked = host.messages.last
      assert_equal [[5], true], asked.values_at("anchors", "need_task_ids")
      host.write([2])
      host.read
      kinds = host.messages[1..].map { |message| message["emits"] ? message["emits"][0]["tuples"] : message["command"] }
      assert_equal [[[5, [1]]], "log", [[5, [2]]], "emit", "batch"], kinds
    end
  end

  def test_what_a_handler_returns_shares_its_anchor
    bolt("on_receive { |t| t.word.chars.map { |c| [c] } }") do |host|
      host.write(batch(17, "ab", "c"))
      host.take_until("batch")
      assert_equal [[17, ["a"], ["b"]], [18, ["c"]]], host.messages.last["emits"][0]["tuples"]
    end
  end

  # The tuples before the one that can't be sent are out; those after it are not.
  def test_one_value_among_several_tuples_that_cant_be_sent
    bolt("on_receive { |t| t.word == 'bad' ? [['a'], [Float::NAN], ['b']] : [[t.word], [:symbol], ['\u00e9']] }") do |host|
      host.write(batch(1, "bad", "good"))
      events = said(host) { |all| all.include?([:ack, 2]) && all.include?([:fail, 1]) }
      assert_equal [[1, ["a"]], [2, ["good"]], [2, ["symbol"]], [2, ["\u00e9"]]], events.select { |e| e.is_a?(Array) && e[1].is_a?(Array) }
      error = events.grep(Hash).find { |message| message["command"] == "error" }
      assert_match(/field x is NaN/, error["msg"])
    end
  end

  def test_ticks_and_heartbeats_between_batches
    bolt("on_tick(1) { emit 'tick' }\non_receive { |t| t.word }") do |host|
      host.write_all([batch(1, "a"), { "id" => "2", "comp" => "__system", "stream" => "__tick", "task" => -1, "tuple" => [1] },
                      { "id" => "3", "comp" => nil, "stream" => "__heartbeat", "task" => -1, "tuple" => [] }, batch(4, "b")])
      events = said(host) { |all| all.include?([:ack, 4]) && all.include?(:sync) }
      assert_equal [["a"], ["tick"], ["b"]], events.grep(Array).filter_map { |event| event.find { |part| part.is_a?(Array) } }
      assert_includes events, { "command" => "ack", "id" => "2" }
    end
  end

  def test_classic_tuples_under_the_feature
    bolt("on_receive { |t| t.word }") do |host|
      host.tuple("a", id: "12")
      assert_equal [["12", ["a"]], { "command" => "ack", "id" => "12" }], said(host) { |events| events.size == 2 }
    end
  end

  def test_what_was_gathered_does_not_wait_for_a_handler_that_waits
    bolt("on_receive { |t| emit t.word; File.read('go') if t.word == 'wait' }") do |host|
      File.mkfifo(File.join(@dir, "go"))
      host.write(batch(1, "a", "wait", "b"))
      assert_equal [[1, ["a"]], [2, ["wait"]], [:ack, 1]], said(host) { |events| events.size == 3 }.sort_by(&:to_s).sort_by { |e| e.first.to_s }
      File.write(File.join(@dir, "go"), "")
      assert_equal [[3, ["b"]], [:ack, 2], [:ack, 3]], said(host) { |events| events.size == 3 }
    end
  end

  def test_large_and_strange_values_pass
    bolt("on_receive { |t| [t.word] }") do |host|
      values = ["x" * 5_000_000, "line\nend\nline", "\u2028\r\n\u0000é😀", 2**80, { "a" => [1.0, nil] }]
      host.write(batch(1, *values))
      assert_equal(values, answered(host, values.size).filter_map { |event| event[1].first if event.first.is_a?(Integer) })
    end
  end

  def test_at_the_end_of_the_input_all_is_said
    bolt("on_receive { |t| t.word }\non_close { emit 'last' }") do |host|
      host.write_all([batch(1, "a", "b"), batch(3, "c")])
      assert_equal 0, host.finish.exitstatus
      events = []
      host.messages[1..].each { |message| unpack(message, events) }
      assert_equal([["a"], ["b"], ["c"], ["last"]], events.reject { |e| e.first.is_a?(Symbol) }.map { |e| e.grep(Array).last })
      assert_equal 3, events.count { |event| event.first == :ack }
    end
  end

  def test_exit_in_the_middle_loses_nothing_that_was_said
    bolt("on_receive { |t| exit 3 if t.word == 'exit'; t.word }") do |host|
      host.write(batch(1, "a", "b", "exit", "c"))
      assert_equal 3, host.status.exitstatus
      events = []
      host.messages[1..].each { |message| unpack(message, events) }
      assert_equal [[1, ["a"]], [2, ["b"]], [:ack, 1], [:ack, 2]], events.sort_by { |event| event.first.to_s }
    end
  end

  def test_other_threads_emit
    bolt("on_receive { |t| Thread.new { emit 'thread', anchor: t }.join; t.word }") do |host|
      host.write(batch(1, "a"))
      assert_equal [[1, ["thread"]], [:ack, 1]], answered(host, 1)
    end
  end

  def test_user_code_sees_ids_that_are_strings
    bolt("on_receive { |t| [t.id, t.wire_id].map(&:class).join(' ') }") do |host|
      host.write(batch(1, "a"))
      assert_equal [1, ["String Integer"]], answered(host, 1).first
    end
  end

  def test_credit_bounds_what_a_spout_emits
    spout("on_send { @n = (@n || 0) + 1 }") do |host|
      assert_equal [1], values(credit(host, 1))
      assert_empty credit(host, 0)
      got = values(credit(host, 100))
      assert_equal (2..).first(got.size), got
      assert_operator got.size, :<=, 100
    end
  end

  def test_one_next_brings_many
    spout("on_send { 1 }") { |host| assert_operator 10.times.map { credit(host, 100).size }.max, :>, 1 }
  end

  def test_a_call_that_brings_several_may_exceed_the_credit
    spout("on_send { [[1], [2], [3]] }") { |host| assert_equal [1, 2, 3], values(credit(host, 1)) }
  end

  def test_a_call_that_brings_nothing_ends_the_turn
    spout("on_send { log.info 'called'; nil }") { |host| assert_equal ["called"], credit(host, 100).map { |m| m["msg"] } }
  end

  def test_a_spout_that_takes_its_time_gives_what_it_has
    spout("on_send { sleep 0.02; 1 }") { |host| assert_equal [1], values(credit(host, 100)) }
  end

  def test_finishing_within_a_batch
    spout("def each_tuple = [1, 2].each { |n| yield n }") do |host|
      assert_equal [[[1]], [[2]], { "command" => "finished" }], to_the_end(host)
    end
  end

  def test_acks_and_fails_come_with_a_next
    spout(<<~RUBY, base: "ReliableSpout") do |host|
      def each_tuple = %w[a b c].each { |word| yield word }
      on_ack { |id| log.info "ack \#{id}" }
      on_fail { |id| log.info "fail \#{id}" }
    RUBY
      first = to_the_end(host)
      assert_equal %w[a b c], values(first)
      ids = first.grep(Array).map(&:first)
      told = credit(host, 0, acks: [ids[0], ids[2]])
      assert_equal(["ack 1", "ack 3"], told.grep(Hash).filter_map { |message| message["msg"] })
      again = to_the_end(host, fails: [ids[1]])
      assert_equal ["b"], values(again)
      assert_equal({ "command" => "finished" }, again.last)
      assert_equal(["fail 2"], again.grep(Hash).filter_map { |message| message["msg"] })
    end
  end

  def test_an_error_in_on_ack_costs_nothing_else
    spout("on_send { emit 1, id: 7; nil }\non_ack { |id| raise 'oh' }") do |host|
      id = credit(host, 1).first.first
      events = credit(host, 1, acks: [id])
      assert_equal "RuntimeError", events.grep(Hash).first["class"]
      assert_equal [1], values(events)
    end
  end

  private

  # What a spout says until it has finished, which may take several turns.
  def to_the_end(host, **ends)
    events = credit(host, 100, **ends)
    events.concat(credit(host, 100)) until events.last == { "command" => "finished" }
    events
  end

  def values(events) = events.grep(Array).map { |event| event.grep(Array).last.first }
end
