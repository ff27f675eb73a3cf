# frozen_string_literal: true

module Gstorm
  # A Hash with String keys that can be asked with Symbols too, since a Hash that was emitted with Symbol keys arrives
  # with String keys.
  class IndifferentHash < Hash
    def self.key(key) = key.is_a?(Symbol) ? key.name : key

    def [](key) = super(IndifferentHash.key(key))
    def []=(key, value)
      super(IndifferentHash.key(key), value)
    end
    alias store []=

    def key?(key) = super(IndifferentHash.key(key))
    alias has_key? key?
    alias include? key?
    alias member? key?

    def fetch(key, *default, &block) = super(IndifferentHash.key(key), *default, &block)
    def delete(key, &block) = super(IndifferentHash.key(key), &block)
    def dig(key, *rest) = rest.empty? ? self[key] : self[key]&.dig(*rest)
    def assoc(key) = super(IndifferentHash.key(key))

    %i[values_at fetch_values slice except].each do |name|
      define_method(name) { |*keys, &block| super(*keys.map { |key| IndifferentHash.key(key) }, &block) }
    end

    def merge(*others, &block) = dup.update(*others, &block)

    def update(*others, &block)
      super(*others.map { |other| other.to_h.transform_keys { |key| IndifferentHash.key(key) } }, &block)
    end
    alias merge! update

    # case hash in { user: { name: } }
    def deconstruct_keys(_keys) = transform_keys { |key| key.is_a?(String) ? key.to_sym : key }
  end
end
