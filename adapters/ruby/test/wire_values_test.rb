# frozen_string_literal: true

require "test_helper"
require "bigdecimal"
require "date"
require "set"
require "gstorm/wire_values"

class WireValuesTest < Minitest::Test
  def there_and_back(value)
    Gstorm::WireValues.load(%({"tuple":#{Gstorm::WireValues.dump([value], ["field x"])}}))["tuple"].first
  end

  def refused(value)
    assert_raises(Gstorm::EmitError) { Gstorm::WireValues.dump([1, value], ["field a", "field x"]) }.message
  end

  def test_what_json_has_comes_back_as_it_was
    [nil, true, false, 0, -1, 2**70, 1.0, 1.5e300, "", "text\nend\n", "é😀\u2028", [1, [nil]], { "a" => { "b" => [1] } }].each do |value|
      value.nil? ? assert_nil(there_and_back(value)) : assert_equal(value, there_and_back(value))
    end
    assert_instance_of Float, there_and_back(1.0)
  end

  def test_a_message_is_one_line
    refute_includes Gstorm::WireValues.dump(["a\nend\n"], []), "\n"
  end

  def test_what_json_has_not_is_converted
    time = Time.new(2024, 2, 3, 4, 5, 6.25, "+01:00")
    { :sym => "sym", time => "2024-02-03T04:05:06.250000000+01:00", Date.new(2024, 2, 3) => "2024-02-03", BigDecimal("1.10") => "1.1",
      Set[1, :a] => [1, "a"], { 1 => { b: :c } } => { "1" => { "b" => "c" } }, "caf\xE9".dup.force_encoding("ISO-8859-1") => "café" }
      .each { |value, expected| assert_equal expected, there_and_back(value) }
  end

  def test_objects_that_know_their_json
    object = Object.new
    def object.to_json(*) = '{"mine":[1]}'

    assert_equal({ "mine" => [1] }, there_and_back([object]).first)
  end

  def test_bytes
    assert_equal "tëxt", there_and_back("tëxt".b)
    bytes = "\xFF\x00\x80".b
    assert_equal bytes, there_and_back({ k: [bytes] })[:k].first
    assert_equal Encoding::BINARY, there_and_back(bytes).encoding
  end

  def test_what_cannot_be_carried_is_refused_by_name
    assert_equal "field x is NaN, which JSON has no number for", refused(Float::NAN)
    assert_equal 'field x["a"][1] is -Infinity, which JSON has no number for', refused({ "a" => [1, -Float::INFINITY] })
    assert_match(/\Afield x is a String that isn't valid UTF-8: "caf\\xE9"/, refused("caf\xE9"))
    assert_match(/\Afield x\[:k\] is a Object, which can't be sent/, refused({ k: Object.new }))
    assert_match(/\Afield x is a Thread/, refused(Thread.current))
    assert_match(/nested deeper than 100 levels/, refused([].tap { |array| array << array }))
  end

  def test_values_without_a_name_are_counted
    assert_match(/\Avalue 2 is NaN/, assert_raises(Gstorm::EmitError) { Gstorm::WireValues.dump([1, Float::NAN], []) }.message)
  end
end
