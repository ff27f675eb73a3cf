# frozen_string_literal: true

module Gstorm
  # What all errors of this library descend from.
  class Error < StandardError; end

  # A topology that is written down in a way that can't be described.
  class DefinitionError < Error; end

  # Something that exists in Storm or in RedStorm and not (or not yet) here.
  class NotAvailableError < Error; end

  # A tuple that can't be sent: an unknown stream, a wrong number of values, a value that JSON can't carry. It fails the
  # tuple that was being handled and is reported; the process lives on.
  class EmitError < Error; end

  # The host has closed its end. Not a StandardError, so that no handler rescues it by accident.
  class Hangup < Exception; end # rubocop:disable Lint/InheritException
end
