'use strict';

const position = require('./position');
const wire = require('./wire_values');

const VERSION = 1;

/**
 * The topology description: what gstorm needs to know of a topology, the same for every language.
 *
 * options: file, and name if it is called something else than its own name. className, classes: what -c can choose.
 * driver: whether there is code to run once it was submitted.
 */
function ofTopology(topology, options, { className, classes, driver }) {
  return {
    gstorm: VERSION,
    name: options.name ?? topology.name,
    language: 'javascript',
    file: position.relative(options.file),
    class: className,
    classes,
    status: topology.status,
    driver,
    config: JSON.parse(wire.dumpOne(topology.config, 'the config')),
    components: topology.components.map((definition) => definition.toJSON()),
    problems: [],
  };
}

/** The description of components outside of any topology, each under the name that it was asked for by. */
function ofComponents(definitions, names, options) {
  const components = definitions.map((definition, i) => ({ ...definition.toJSON(), id: names[i], inputs: [] }));
  return {
    gstorm: VERSION,
    name: '',
    language: 'javascript',
    file: position.relative(options.file),
    components,
    problems: [],
  };
}

module.exports = { ofTopology, ofComponents };
