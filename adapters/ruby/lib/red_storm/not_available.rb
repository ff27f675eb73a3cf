# frozen_string_literal: true

require "gstorm/errors"

module RedStorm
  # A class of RedStorm that isn't here yet: it can be named and derived from, since that is often done in files that
  # are only loaded along with others; the first statement or object of it says so.
  class NotAvailable
    class << self
      # What to say.
      def reason = "#{self} is not available in gstorm yet"

      def new(*) = raise(Gstorm::NotAvailableError, reason)
      def component_class(_args) = raise(Gstorm::NotAvailableError, reason)
      def method_missing(_name, *) = raise(Gstorm::NotAvailableError, reason)
      def respond_to_missing?(_name, _include_private = false) = false
    end
  end
end
