'use strict';

const { Definition } = require('./definition');
const { ProblemsError } = require('./errors');
const position = require('./position');
const problem = require('./problem');

/**
 * The definition of a component of a file: that of its topology with the id, or any other spout or bolt that is
 * exported under the name. file: a TopologyFile that has been loaded. topology: its topology, if it has one. Throws a
 * ProblemsError.
 */
function find(name, file, topology) {
  const definition = topology?.components.find(({ id }) => id === name);
  if (definition) return definition;
  const component = file.component(name);
  if (component) return new Definition(component.kind, name, component, {}, undefined);
  const ids = topology?.components.map(({ id }) => id) ?? [];
  const known = ids.length > 0 ? `one of ${ids.join(', ')}, or ` : '';
  throw new ProblemsError([
    problem.error(`${position.relative(file.path)} has no component ${name}`, {
      at: position.at(file.path, 1),
      hint: `a component is ${known}an exported spout() or bolt()`,
    }),
  ]);
}

module.exports = { find };
