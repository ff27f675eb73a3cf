# frozen_string_literal: true

module RedStorm
  module Storm
    # The values of a tuple: Values.new("a", 1).
    class Values < Array
      def initialize(*values)
        super(values)
      end

      alias add push
      alias get []
    end
  end
end
