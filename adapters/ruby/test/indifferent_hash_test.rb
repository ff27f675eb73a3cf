# frozen_string_literal: true

require "test_helper"
require "gstorm/wire_values"

class IndifferentHashTest < Minitest::Test
  def setup
    @hash = Gstorm::WireValues.load('{"a":{"b":[{"c":1}]},"d":2}')
  end

  def test_symbols_find_what_strings_find
    assert_equal [2, 2, 2], [@hash[:d], @hash["d"], @hash.fetch(:d)]
    assert_equal 1, @hash[:a][:b][0][:c]
    assert_equal 1, @hash.dig(:a, :b, 0, :c)
    assert @hash.key?(:d) && @hash.include?(:d) && @hash.has_key?("d") && @hash.member?(:d)
    refute @hash.key?(:x)
    assert_equal [2, nil], @hash.values_at(:d, :x)
    assert_equal({ "d" => 2 }, @hash.slice(:d))
    assert_equal 5, @hash.fetch(:x, 5)
    assert_raises(KeyError) { @hash.fetch(:x) }
  end

  def test_what_is_put_in_by_symbol_is_found_by_string
    @hash[:e] = 1
    @hash.store(:f, 2)

    assert_equal [1, 2, 2], [@hash["e"], @hash["f"], @hash.delete(:f)]
    assert_equal 9, @hash.merge(d: 9)["d"]
    assert_equal 2, @hash["d"]
    assert_equal 9, @hash.update(d: 9)[:d]
  end

  def test_it_is_a_hash_like_any_other
    assert_kind_of Hash, @hash
    assert_equal({ "a" => { "b" => [{ "c" => 1 }] }, "d" => 2 }, @hash)
    assert_equal '{"a":{"b":[{"c":1}]},"d":2}', JSON.generate(@hash)
    @hash => { a: { b: [{ c: }] } }
    assert_equal 1, c
  end
end
