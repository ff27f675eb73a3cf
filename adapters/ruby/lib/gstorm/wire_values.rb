# frozen_string_literal: true

require "json"
require "gstorm/errors"
require "gstorm/indifferent_hash"

module Gstorm
  # How Ruby values are written as JSON and come back.
  #
  #   Symbol                -> String            Time, DateTime, Date -> ISO 8601 String
  #   Hash, at any depth    -> String keys       Set -> Array         BigDecimal -> String
  #   bytes that are no text (encoding BINARY, not valid UTF-8) -> {"__b64": "..."}, a BINARY String again in Ruby
  #   an object with a to_json of its own -> what that says
  #
  # NaN, Infinity, text that isn't valid in its encoding, and any other object are refused with an EmitError.
  module WireValues
    MAX_DEPTH = 100
    BYTES_KEY = "__b64"

    # JSON.generate makes one of these at each call, which takes longer than what it then does. Only for plain values: it
    # knows how deep it is, and may be used by another thread while a to_json of the user's runs.
    PLAIN = JSON::State.new

    module_function

    # The values of a tuple as JSON text. names: what to call them in an error.
    def dump(values, names)
      return PLAIN.generate(values) if values.all? { |value| plain?(value) }

      JSON.generate(values.each_with_index.map { |value, i| convert(value, names[i] || "value #{i + 1}") })
    end

    # Several tuples as JSON text, with commas between them, or nil unless all are Arrays of so many plain values: then they
    # have to be looked at one by one. (Loops, since this is where a bolt spends its time and blocks take longer.)
    def dump_rows(rows, arity)
      i = rows.size
      while (i -= 1) >= 0
        row = rows[i]
        return unless row.is_a?(Array) && row.size == arity

        j = arity
        while (j -= 1) >= 0
          value = row[j]
          return unless value.is_a?(String) ? value.ascii_only? || plain_text?(value) : plain_other?(value)
        end
      end
      text = PLAIN.generate(rows)
      text.byteslice(1, text.bytesize - 2)
    end

    # Whether JSON.generate writes the value as it is.
    def plain?(value) = value.is_a?(String) ? plain_text?(value) : plain_other?(value)

    def plain_text?(string) = string.ascii_only? || string.encoding == Encoding::UTF_8 && string.valid_encoding?

    def plain_other?(value)
      case value
      when Integer, nil, true, false then true
      when Float then value.finite?
      else false
      end
    end

    # A JSON text from the host. Objects inside become IndifferentHashes.
    def load(text)
      return JSON.parse(text, max_nesting: false) unless text.index("{", 1)

      parsed = JSON.parse(text, object_class: IndifferentHash, max_nesting: false)
      text.include?(BYTES_KEY) ? restore(parsed) : parsed
    end

    def convert(value, path, depth = 0)
      raise EmitError, "#{path} is nested deeper than #{MAX_DEPTH} levels" if depth > MAX_DEPTH

      case value
      when String then text(value, path)
      when Symbol then value.name
      when Float then value.finite? ? value : raise(EmitError, no_number(value, path))
      when Integer, nil, true, false then value
      when Hash then object_of(value, path, depth)
      when Array then value.each_with_index.map { |v, i| convert(v, "#{path}[#{i}]", depth + 1) }
      when Time then value.strftime("%FT%T.%N%:z")
      else object(value, path, depth)
      end
    end

    def object_of(value, path, depth)
      value.to_h { |key, v| [convert(key, path, depth + 1).to_s, convert(v, "#{path}[#{key.inspect}]", depth + 1)] }
    end

    def text(string, path)
      return string if plain_text?(string)
      return bytes(string) if string.encoding == Encoding::BINARY

      string.encode(Encoding::UTF_8).tap { |utf8| raise EncodingError unless utf8.valid_encoding? }
    rescue EncodingError
      raise EmitError, "#{path} is a String that isn't valid #{string.encoding}: #{string.byteslice(0, 40).inspect}"
    end

    def bytes(string)
      utf8 = string.dup.force_encoding(Encoding::UTF_8)
      utf8.valid_encoding? ? utf8 : { BYTES_KEY => [string].pack("m0") }
    end

    def object(value, path, depth)
      case value.class.name
      when "Date", "DateTime" then value.iso8601
      when "BigDecimal" then value.finite? ? value.to_s("F") : raise(EmitError, no_number(value, path))
      when "Set" then convert(value.to_a, path, depth)
      else own_json(value, path)
      end
    end

    def no_number(value, path) = "#{path} is #{value}, which JSON has no number for"

    def own_json(value, path)
      if !value.respond_to?(:to_json) || value.method(:to_json).owner.name.to_s.start_with?("JSON::")
        raise EmitError, "#{path} is a #{value.class}, which can't be sent: give it to_json, or emit its parts"
      end

      JSON.parse(value.to_json)
    end

    def restore(value)
      case value
      when Array then value.map! { |v| restore(v) }
      when Hash
        encoded = value[BYTES_KEY] if value.size == 1
        return encoded.unpack1("m") if encoded.is_a?(String)

        value.each { |key, v| value[key] = restore(v) }
      else value
      end
    end
  end
end
