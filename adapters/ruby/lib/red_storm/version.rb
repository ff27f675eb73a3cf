# frozen_string_literal: true

module RedStorm
  # The RedStorm whose API this is.
  VERSION = "0.8.1"
end
