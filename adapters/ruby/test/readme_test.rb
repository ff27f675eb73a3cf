# frozen_string_literal: true

require "test_helper"

# The README's topology works.
class ReadmeTest < Minitest::Test
  include TopologySource

  SOURCE = File.read(File.expand_path("../README.md", __dir__))[/^```ruby\n(.+?)^```/m, 1]

  def test_it_is_described
    described = describe(SOURCE)

    assert_equal "word_count", described.topology["name"]
    assert_empty described.topology["problems"]
  end

  def test_its_components_work
    one, two = write("one.txt", "a b\n"), write("two.txt", "c\n")
    task(SOURCE, "lines", outputs: { "default" => ["line"] }, args: [one, two]) do |host|
      assert_equal [["a b"], ["c"], nil], 3.times.map { host.command("next").first["tuple"] }
      assert_includes host.messages, { "command" => "finished" }
    end
    task(SOURCE, "count", inputs: { "source" => ["word"] }, outputs: { "default" => %w[word count] }) do |host|
      host.handle("a")
      assert_equal ["a", 2], host.handle("a").first["tuple"]
      host.finish
      assert_equal "2 a\n", host.stdout
    end
  end
end
