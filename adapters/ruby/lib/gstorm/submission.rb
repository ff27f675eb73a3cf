# frozen_string_literal: true

require "gstorm/configurator"
require "gstorm/problem"

module Gstorm
  # A topology that is ready to be handed over: its components and the configuration for one environment.
  # driver: whether there is code to run once the host has taken it.
  Submission = Struct.new(:name, :config, :components, :status, :driver, :clazz, keyword_init: true) do
    def self.of(clazz, env)
      new(name: clazz.topology_name, config: config_of(clazz, env), components: clazz.components,
          status: status_of(clazz, env), driver: !clazz.submit_block.nil?, clazz: clazz)
    end

    def self.config_of(clazz, env)
      configurator = Configurator.new
      configurator.instance_exec(env, &clazz.configure_block) if clazz.configure_block
      configurator.config
    end
    private_class_method :config_of

    def self.status_of(clazz, env)
      return "active" unless clazz.submit_options_block && env != :local

      SubmitOptions.new.tap { |options| options.instance_exec(env, &clazz.submit_options_block) }.status
    end
    private_class_method :status_of

    def problems = components.flat_map(&:problems)
  end

  # What the block of submit_options is evaluated in.
  class SubmitOptions
    attr_reader :status

    def initialize
      @status = "active"
    end

    # :inactive (or Storm's TopologyInitialStatus::INACTIVE): the spouts wait to be activated.
    def set_initial_status(status)
      @status = status.to_s.downcase
    end
    alias setInitialStatus set_initial_status
    alias initial_status set_initial_status
  end
end
