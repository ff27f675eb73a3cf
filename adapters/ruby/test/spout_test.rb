# frozen_string_literal: true

require "test_helper"

# Gstorm::Spout and Gstorm::ReliableSpout at work.
class SpoutTest < Minitest::Test
  include TopologySource

  def spout(body, base: "Spout", **options, &block)
    source = <<~RUBY
      require "gstorm"
      class S < Gstorm::#{base}
      #{body}
      end
      class T < Gstorm::Topology
        spout S
      end
    RUBY
    task(source, "s", outputs: { "default" => ["x"], "late" => %w[a b] }, **options, &block)
  end

  def tuples(messages) = messages.map { |message| message["tuple"] || message["command"] }

  def test_what_is_returned_is_emitted
    spout("on_init { @v = [nil, 1, [2], [[3], [4]], []] }\non_send { @v.shift }") do |host|
      assert_equal [[], [[1]], [[2]], [[3], [4]], []], 5.times.map { tuples(host.command("next")) }
    end
  end

  def test_reliable_values_begin_with_the_id
    spout("on_send(reliable: true) { [[1, 2], 'x'] }\non_ack { |id| log.info id.inspect }") do |host|
      message = host.command("next").first
      assert_equal ["x"], message["tuple"]
      assert_equal "[1, 2]", host.command("ack", message["id"]).first["msg"]
    end
  end

  def test_emit
    spout("on_send { emit 1; emit 1, 2, stream: :late, id: :a; emit 3, task: 5; :ignored }") do |host|
      messages = host.command("next")
      assert_equal [[[1], nil, nil], [[1, 2], "late", nil], [[3], nil, 5]], messages.map { |m| m.values_at("tuple", "stream", "task") }
      assert_equal [false, true, false], messages.map { |m| m.key?("id") }
    end
  end

  def test_it_says_that_it_has_finished
    spout("on_init { @e = [1, 2].each }\non_send { @e.next }") do |host|
      assert_equal [[[1]], [[2]], ["finished"], ["finished"]], 4.times.map { tuples(host.command("next")) }
    end
    spout("on_send { emit 1; finish }") { |host| assert_equal [[1], "finished"], tuples(host.command("next")) }
    spout("on_init { finish }\non_send { 1 }") { |host| assert_equal ["finished"], tuples(host.command("activate")) }
  end

  def test_each_tuple
    spout("def each_tuple\n yield 1\n yield nil\n emit 2\n yield 3\nend") do |host|
      assert_equal [[[1]], [], [[2], [3]], ["finished"], ["finished"]], 5.times.map { tuples(host.command("next")) }
    end
    spout("private def each_tuple = yield('a')", base: "ReliableSpout") do |host|
      first = host.command("next").first
      assert_equal ["finished"], tuples(host.command("next"))
      host.command("fail", first["id"])
      assert_equal [[["a"]], ["finished"]], 2.times.map { tuples(host.command("next")) }
    end
  end

  def test_a_host_without_the_extension_is_not_told
    [nil, { "v" => 1, "features" => ["busy"] }].each do |offer|
      spout("on_send { raise StopIteration }", offer: offer) { |host| assert_empty host.command("next") }
    end
  end

  def test_an_exception_is_reported_and_the_process_lives_on
    spout("on_send { 1 / (@n ||= -1); (@n += 1) == 0 ? 1 / 0 : 'x' }\non_ack { |id| raise 'oh' }") do |host|
      assert_equal ["ZeroDivisionError", 3], host.command("next").first.values_at("class", "line")
      assert_equal [["ZeroDivisionError"]], [host.command("next").map { |message| message["class"] }]
      assert_empty host.command("ack", "unknown")
    end
  end

  def test_kernels_open_and_fail_are_still_there
    spout("on_send { begin; open(File::NULL) { |f| fail f.read.inspect }; rescue => e; e.message; end }") do |host|
      assert_equal ['""'], host.command("next").first["tuple"]
    end
  end

  RELIABLE = <<~RUBY
    on_init { @e = %w[a b].each }
    on_send { @e.next }
    on_give_up { |values| log.warn "gave up \#{values}" }
    on_ack { |id| log.info "ack \#{id}" }
  RUBY

  def test_a_reliable_spout_replays_until_it_is_done
    spout(RELIABLE, base: "ReliableSpout") do |host|
      first, second = 2.times.map { host.command("next").first }
      assert_equal [["a"], ["b"]], [first["tuple"], second["tuple"]]
      assert_equal ["finished"], tuples(host.command("next"))
      assert_empty host.command("fail", first["id"])
      replayed = host.command("next").first
      assert_equal ["a"], replayed["tuple"]
      refute_equal first["id"], replayed["id"]
      assert_equal ["finished"], tuples(host.command("next"))
      assert_equal ["ack 1"], host.command("ack", replayed["id"]).map { |message| message["msg"] }
      assert_empty host.command("fail", replayed["id"])
      assert_equal ["finished"], tuples(host.command("next"))
    end
  end

  def test_a_reliable_spout_gives_up_after_max_fails
    spout("max_fails 1\n#{RELIABLE}", base: "ReliableSpout") do |host|
      id = host.command("next").first["id"]
      assert_empty host.command("fail", id)
      id = host.command("next").first["id"]
      assert_equal ['gave up ["a"]'], host.command("fail", id).map { |message| message["msg"] }
      assert_equal [["b"]], tuples(host.command("next"))
    end
  end

  def test_a_reliable_spout_replays_to_where_it_emitted
    spout("on_send { emit 1, 2, stream: :late, id: :mine; finish }\non_fail { |id| log.info id.inspect }", base: "ReliableSpout") do |host|
      first = host.command("next").first
      assert_equal [":mine"], host.command("fail", first["id"]).map { |message| message["msg"] }
      assert_equal ["late", [1, 2]], host.command("next").first.values_at("stream", "tuple")
    end
  end

  def test_a_tuple_that_cannot_be_sent_is_not_pending
    spout("on_init { @v = [Float::NAN, 1] }\non_send { @v.shift }", base: "ReliableSpout") do |host|
      assert_match(/field x is NaN/, host.command("next").first["msg"])
      assert_equal [[1]], tuples(host.command("next"))
    end
  end
end
