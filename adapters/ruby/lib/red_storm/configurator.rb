# frozen_string_literal: true

require "gstorm/configurator"

module RedStorm
  Configurator = Gstorm::Configurator
end
