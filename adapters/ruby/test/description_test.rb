# frozen_string_literal: true

require "test_helper"

# What describe prints, for sources of the modern kind.
class DescriptionTest < Minitest::Test
  include TopologySource

  WORD_COUNT = <<~RUBY
    require "gstorm"
    class Lines < Gstorm::Spout
      output_fields :line
      def initialize(*paths) = @paths = paths
      on_send { finish }
    end
    class Split < Gstorm::Bolt
      output_fields :word, odd: [:line, :reason]
      stream :urgent, :word, direct: true
      on_receive { |t| t.line.split.map { |word| [word] } }
    end
    class Count < Gstorm::Bolt
      output_fields :word, :n
      configure { max_spout_pending 5; set "my.key", 1 }
      def initialize(min: 0) = @min = min
      on_receive { |t| [t.word, 1] }
      on_tick(10) { log.info "tick" }
    end
    class WordCount < Gstorm::Topology
      spout Lines, parallelism: 2, args: ARGV
      bolt(Split) { from Lines }
      bolt(Count, id: :counts, parallelism: 4, tasks: 8, args: { min: 3 }) do
        from Split, fields: :word
        from Split, stream: :odd, grouping: :all
        from :lines, :global
        set "my.key", 2
        debug true
      end
      shell_bolt(%w[cat -], id: :shell, dir: "scripts") { from Split, partial_key: [:word]; output_fields :x }
      configure("words") { |env| num_workers env == :local ? 1 : 3; set :mine, nil }
    end
  RUBY

  EXPECTED = {
    "gstorm" => 1, "name" => "words", "language" => "ruby", "file" => "topology.rb", "class" => "WordCount",
    "classes" => ["WordCount"], "status" => "active", "driver" => false,
    "config" => { "topology.workers" => 1, "mine" => nil },
    "components" => [
      { "id" => "lines", "kind" => "spout", "class" => "Lines", "run" => { "type" => "file" }, "parallelism" => 2,
        "tasks" => 2, "config" => {}, "outputs" => { "default" => { "fields" => ["line"] } }, "inputs" => [],
        "at" => { "file" => "topology.rb", "line" => 20 } },
      { "id" => "split", "kind" => "bolt", "class" => "Split", "run" => { "type" => "file" }, "parallelism" => 1,
        "tasks" => 1, "config" => {},
        "outputs" => { "default" => { "fields" => ["word"] }, "odd" => { "fields" => %w[line reason] },
                       "urgent" => { "fields" => ["word"], "direct" => true } },
        "inputs" => [{ "from" => "lines", "stream" => "default", "grouping" => "shuffle", "at" => { "file" => "topology.rb", "line" => 21 } }],
        "at" => { "file" => "topology.rb", "line" => 21 } },
      { "id" => "counts", "kind" => "bolt", "class" => "Count", "run" => { "type" => "file" }, "parallelism" => 4, "tasks" => 8,
        "config" => { "topology.tick.tuple.freq.secs" => 10, "topology.max.spout.pending" => 5, "my.key" => 2, "topology.debug" => true },
        "outputs" => { "default" => { "fields" => %w[word n] } },
        "inputs" => [
          { "from" => "split", "stream" => "default", "grouping" => "fields", "fields" => ["word"], "at" => { "file" => "topology.rb", "line" => 23 } },
          { "from" => "split", "stream" => "odd", "grouping" => "all", "at" => { "file" => "topology.rb", "line" => 24 } },
          { "from" => "lines", "stream" => "default", "grouping" => "global", "at" => { "file" => "topology.rb", "line" => 25 } }
        ],
        "at" => { "file" => "topology.rb", "line" => 22 } },
      { "id" => "shell", "kind" => "bolt", "class" => "shell", "run" => { "type" => "shell", "command" => %w[cat -], "dir" => "scripts" },
        "parallelism" => 1, "tasks" => 1, "config" => {}, "outputs" => { "default" => { "fields" => ["x"] } },
        "inputs" => [{ "from" => "split", "stream" => "default", "grouping" => "partial_key", "fields" => ["word"], "at" => { "file" => "topology.rb", "line" => 29 } }],
        "at" => { "file" => "topology.rb", "line" => 29 } }
    ],
    "problems" => []
  }.freeze

  def test_the_whole_description_in_its_order
    described = describe(WORD_COUNT, args: %w[a.txt])

    assert_equal JSON.pretty_generate(EXPECTED), JSON.pretty_generate(described.topology)
    assert_equal 0, described.status
  end

  def test_env_and_name_are_taken_over
    described = describe(WORD_COUNT, "--env", "cluster", "--name", "other")

    assert_equal 3, described.topology["config"]["topology.workers"]
    assert_equal "other", described.topology["name"]
  end

  def test_without_a_control_line_it_goes_to_stdout
    path = write("topology.rb", WORD_COUNT)
    out = IO.popen([RbConfig.ruby, "--disable-gems", Describing::BOOT, "describe", path, err: File::NULL], chdir: @dir, &:read)

    assert_equal EXPECTED, JSON.parse(out)
  end

  def test_ruby_with_rubygems_does_as_well
    assert_equal EXPECTED, describe(WORD_COUNT, ruby: []).topology
  end

  def test_prints_while_loading_and_describing_go_to_stderr
    described = describe(<<~RUBY)
      puts "from the file"
      $stdout.write "written\\n"
      system "echo from a command"
      #{WORD_COUNT}
      class WordCount
        configure { puts "from configure" }
        p STDIN.read
      end
      warn "a warning"
    RUBY

    assert_equal "word_count", describe_name(described)
    assert_equal "", described.stdout
    assert_equal ["from the file", "written", "from a command", '""', "a warning", "from configure"], described.stderr.lines(chomp: true)
  end

  def test_the_last_of_several_topologies_is_used_unless_another_is_picked
    source = <<~RUBY
      #{WORD_COUNT}
      module Deep
        class Second < Gstorm::Topology
          spout Lines
        end
      end
    RUBY
    described = describe(source)

    assert_equal "Deep::Second", described.topology["class"]
    assert_equal %w[WordCount Deep::Second], described.topology["classes"]
    assert_empty described.topology["problems"]
    picked = describe(source, "--class", "WordCount")
    assert_equal "WordCount", picked.topology["class"]
    assert_empty picked.topology["problems"]
    assert_equal "Deep::Second", describe(source, "--class", "Second").topology["class"]
    assert_equal "topology.rb:1: error: there is no topology Third in topology.rb: there is WordCount, Deep::Second",
                 problem(source, "--class", "Third")
  end

  def test_files_are_found_as_redstorm_found_them
    write("lib/in_lib.rb", "IN_LIB = 1")
    write("topologies/sibling.rb", "SIBLING = 1")
    write("examples/deep/helper.rb", "HELPER = 1")
    path = write("topologies/topology.rb", <<~RUBY)
      require "in_lib"
      require "sibling"
      require "examples/deep/helper"
      require "./examples/deep/helper"
      require_relative "sibling"
      Dir[File.join(__dir__, "*.rb")].each { |file| require file }
      abort "run as a script" if __FILE__ == $0
      #{WORD_COUNT}
    RUBY
    described = describe_file(path)

    assert_equal 4, described.topology["components"].size, described.stderr
    assert_equal "topologies/topology.rb", described.topology["file"]
  end

  private

  def describe_name(described) = described.topology["name"].sub("words", "word_count")
end
