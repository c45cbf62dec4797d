// Judges entities as Backstage's catalog does before it takes them in: the
// policies of every entity in their order, the schema of its kind, its references. Reads
// one entity a line and answers a line each: "" when it is taken, else why not.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const require = createRequire(import.meta.url); // its form for import does not load outside bundlers
const model = require('@backstage/catalog-model');
const { mcpServerApiEntityValidator } = require('@backstage/catalog-model/alpha');

const policies = [
  new model.SchemaValidEntityPolicy(),
  new model.DefaultNamespaceEntityPolicy(),
  new model.NoForeignRootFieldsEntityPolicy(),
  new model.FieldFormatEntityPolicy(),
];
const kinds = [
  model.apiEntityV1alpha1Validator,
  model.componentEntityV1alpha1Validator,
  model.domainEntityV1alpha1Validator,
  model.groupEntityV1alpha1Validator,
  model.locationEntityV1alpha1Validator,
  model.resourceEntityV1alpha1Validator,
  model.systemEntityV1alpha1Validator,
  model.userEntityV1alpha1Validator,
];

// The fields that become relations, with the kind that a bare name stands for.
// One that cannot be read keeps the entity out, too.
const references = {
  Component: {
    owner: 'Group', system: 'System', subcomponentOf: 'Component', providesApis: 'API', consumesApis: 'API',
    dependsOn: undefined, dependencyOf: undefined,
  },
  API: { owner: 'Group', system: 'System' },
  Resource: { owner: 'Group', system: 'System', dependsOn: undefined, dependencyOf: undefined },
  System: { owner: 'Group', domain: 'Domain' },
  Domain: { owner: 'Group', subdomainOf: 'Domain' },
  Group: { parent: 'Group', children: 'Group', members: 'User' },
  User: { memberOf: 'Group' },
};

function relate(entity) {
  const defaultNamespace = entity.metadata.namespace;
  for (const [field, defaultKind] of Object.entries(references[entity.kind] ?? {})) {
    const written = entity.spec[field];
    for (const target of written ? [written].flat() : []) {
      model.parseEntityRef(target, { defaultKind, defaultNamespace });
    }
  }
}

async function judge(entity) {
  try {
    for (const policy of policies) {
      entity = await policy.enforce(entity);
    }
    const server = entity.kind === 'API' && entity.spec?.type === 'mcp-server';
    for (const kind of server ? [mcpServerApiEntityValidator] : kinds) {
      if (await kind.check(entity)) {
        relate(entity);
        return '';
      }
    }
    return 'No processor recognized the entity';
  } catch (error) {
    return error.message;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await judge(JSON.parse(line))));
}
