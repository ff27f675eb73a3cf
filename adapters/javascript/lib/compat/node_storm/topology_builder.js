'use strict';

const { Definition } = require('../../definition');
const { DefinitionError } = require('../../errors');
const position = require('../../position');

const GROUPINGS = {
  allGrouping: 'all',
  directGrouping: 'direct',
  globalGrouping: 'global',
  localOrShuffleGrouping: 'localOrShuffle',
  noneGrouping: 'none',
  shuffleGrouping: 'shuffle',
};

/** node-storm's topologybuilder(). */
function topologyBuilder() {
  const definitions = [];
  const declare = (kind, id, component, parallelism) => {
    if (definitions.some((definition) => definition.id === String(id))) {
      throw new DefinitionError(`${kind === 'spout' ? 'Spout' : 'Bolt'} has already been declared for id ${id}`);
    }
    const definition = new Definition(
      kind,
      id,
      component,
      { parallelism: parallelism ?? undefined },
      position.ofCaller(),
    );
    definitions.push(definition);
    return definition;
  };
  return {
    setBolt: (id, bolt, parallelism) => inputDeclarer(declare('bolt', id, bolt, parallelism)),
    setSpout: (id, spout, parallelism) => void declare('spout', id, spout, parallelism),
    createTopology: () => ({ definitions }),
  };
}

function inputDeclarer(definition) {
  const declarer = {
    fieldsGrouping(from, fields, stream) {
      definition.fields(from, fields, stream);
      return declarer;
    },
  };
  for (const [name, grouping] of Object.entries(GROUPINGS)) {
    declarer[name] = (from, stream) => {
      definition[grouping](from, stream);
      return declarer;
    };
  }
  return declarer;
}

module.exports = { topologyBuilder };
