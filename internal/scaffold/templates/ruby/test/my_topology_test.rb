require "minitest/autorun"
require "gstorm/testing"
require_relative "../my_topology"

class MyTopologyTest < Minitest::Test
  def test_counts_words
    done = Gstorm::Testing.complete(MyTopology, mock: { lines: [["to be"], ["or not to be"]] })

    assert_equal [["be", 1], ["be", 2], ["not", 1], ["or", 1], ["to", 1], ["to", 2]], done["count"].sort
    assert_equal 2, done.acked
    assert_empty done.errors
  end
end
