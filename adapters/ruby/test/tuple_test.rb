# frozen_string_literal: true

require "test_helper"

class TupleTest < Minitest::Test
  def tuple(values, fields: %w[word count])
    Gstorm::Tuple.of(fields).new("-7", "split", "default", 4, values)
  end

  def test_values_by_name_and_position
    t = tuple(["a", 7])

    assert_equal ["a", "a", "a", "a", 7, 7], [t.word, t[:word], t["word"], t[0], t.count, t[-1]]
    assert_equal [["a", 7], 2, { "word" => "a", "count" => 7 }], [t.values, t.size, t.to_h]
    assert_equal ["split", "default", 4, "-7"], [t.component, t.stream, t.task, t.id]
  end

  def test_pattern_matching
    tuple(["a", 7]) => { word:, count: Integer => count }
    tuple(["a", 7]) => [first, 7]

    assert_equal ["a", 7, "a"], [word, count, first]
  end

  def test_what_is_not_there_is_an_error_that_names_what_is
    t = tuple(["a", 7])

    assert_match(/no field wrod, did you mean word\? \(from split, stream default: word, count\)/, assert_raises(NoMethodError) { t.wrod }.message)
    assert_match(/no field wrod/, assert_raises(KeyError) { t[:wrod] }.message)
    assert_raises(IndexError) { t[2] }
    assert_raises(TypeError) { t[1.5] }
    refute_respond_to t, :to_ary
  end

  def test_fields_win_over_methods_except_those_that_ruby_needs
    t = tuple([1, 2, 3, 4, 5], fields: %w[id test size class values])

    assert_equal [1, 2, 3, 4], [t.id, t.test, t.size, t[:class]]
    assert_equal [1, 2, 3, 4, 5], t.values
    assert_equal '"-7"', t.wire_id
  end

  def test_ticks
    assert_predicate Gstorm::Tuple.of([]).new("1", "__system", "__tick", -1, [10]), :tick?
    refute_predicate tuple(["a", 1]), :tick?
  end
end
