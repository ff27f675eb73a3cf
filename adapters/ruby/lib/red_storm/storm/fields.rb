# frozen_string_literal: true

module RedStorm
  module Storm
    # Names of fields: Fields.new("word", "count") or Fields.new(["word", "count"]).
    class Fields < Array
      def initialize(*names)
        super(names.flatten.map(&:to_s))
      end

      alias get []
      alias to_list to_a
      alias toList to_a
    end
  end
end
