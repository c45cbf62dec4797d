// Calls every method of Backstage's catalog client, as it comes from npm, and
// looks at the answers. A server with the sample company listens at the first
// argument; the second is the address of a catalog file it may read, the third
// of another one.
import assert from 'node:assert/strict';
import { CATALOG_FILTER_EXISTS, CatalogClient } from '@backstage/catalog-client';

const [base, file, otherFile] = process.argv.slice(2);
const real = new CatalogClient({ discoveryApi: { getBaseUrl: async () => base }, fetchApi: { fetch } });

// client notes what is called, so that no method is forgotten.
const called = new Set();
const client = new Proxy(real, {
  get(target, name) {
    const method = target[name];
    if (typeof method !== 'function') return method;
    return (...args) => {
      called.add(name);
      return method.apply(target, args);
    };
  },
});

const names = entities => entities.map(e => e?.metadata.name);
const sorted = entities => names(entities).sort();
const orders = { kind: 'component', 'metadata.name': 'orders' };

async function fails(promise, status, name, text) {
  await assert.rejects(promise, error => {
    assert.equal(error.name, 'ResponseError');
    assert.equal(error.statusCode, status);
    assert.equal(error.cause.name, name);
    assert.match(error.cause.message, text);
    return true;
  });
}

const checks = {
  async getEntities() {
    const { items } = await client.getEntities();
    assert.deepEqual(names(items), ['orders', 'Orders', 'website', 'checkout', 'all', 'ada']);
    const some = await client.getEntities({
      filter: [{ kind: ['API', 'Component'], 'spec.type': ['service', 'website'] }, { 'metadata.annotations.acme.io/tier': CATALOG_FILTER_EXISTS }],
      fields: ['metadata.name', 'kind'],
      order: { field: 'metadata.name', order: 'desc' },
    });
    assert.deepEqual(some.items, [
      { kind: 'Component', metadata: { name: 'website' } },
      { kind: 'Component', metadata: { name: 'Orders' } },
    ]);
    assert.deepEqual(names((await client.getEntities({ offset: 1, limit: 2 })).items), ['Orders', 'website']);
    await fails(client.getEntities({ fields: ['a[0]'] }), 400, 'InputError', /array type fields are not supported/);
  },

  async getEntitiesByRefs() {
    const { items } = await client.getEntitiesByRefs({
      entityRefs: ['user:default/ada', 'user:default/nobody', 'component:default/orders'], fields: ['metadata.name'],
    });
    assert.deepEqual(items, [{ metadata: { name: 'ada' } }, undefined, { metadata: { name: 'Orders' } }]);
    const entityRefs = ['user:default/ada', 'component:default/orders'];
    assert.deepEqual(names((await client.getEntitiesByRefs({ entityRefs, filter: { kind: 'user' } })).items), ['ada', undefined]);
    const query = { $not: { kind: 'user' } };
    assert.deepEqual(names((await client.getEntitiesByRefs({ entityRefs, query, filter: orders })).items), [undefined, 'Orders']);
    const many = Array.from({ length: 2500 }, (_, i) => `user:default/u${i}`);
    assert.equal((await client.getEntitiesByRefs({ entityRefs: many })).items.length, 2500);
  },

  async queryEntities() {
    const first = await client.queryEntities({ limit: 4, orderFields: [{ field: 'metadata.name', order: 'asc' }, { field: 'kind', order: 'asc' }] });
    assert.deepEqual(names(first.items), ['ada', 'all', 'checkout', 'orders']);
    assert.equal(first.totalItems, 6);
    assert.equal(first.pageInfo.prevCursor, undefined);
    const second = await client.queryEntities({ cursor: first.pageInfo.nextCursor, limit: 4 });
    assert.deepEqual(names(second.items), ['Orders', 'website']);
    assert.equal(second.pageInfo.nextCursor, undefined);
    const back = await client.queryEntities({ cursor: second.pageInfo.prevCursor, limit: 4, fields: ['metadata.name'] });
    assert.deepEqual(names(back.items), names(first.items));

    const found = await client.queryEntities({ fullTextFilter: { term: ' SHOP ', fields: ['metadata.title'] }, filter: { kind: 'component' } });
    assert.deepEqual(names(found.items), ['Orders']);
    assert.equal((await client.queryEntities({ limit: 0 })).totalItems, 6);
    assert.equal((await client.queryEntities({ totalItems: 'exclude' })).totalItems, 0);

    // With a predicate the client asks by POST, and again for what follows.
    const query = { $any: [{ kind: { $in: ['user', 'group'] } }, { 'metadata.tags': { $contains: 'java' } }] };
    const one = await client.queryEntities({ query, filter: { 'metadata.namespace': 'default' }, limit: 2, orderFields: { field: 'metadata.name', order: 'asc' } });
    assert.deepEqual(names(one.items), ['ada', 'checkout']);
    assert.equal(one.totalItems, 3);
    const two = await client.queryEntities({ cursor: one.pageInfo.nextCursor, limit: 2 });
    assert.deepEqual(names(two.items), ['Orders']);
    assert.deepEqual(names((await client.queryEntities({ cursor: two.pageInfo.prevCursor, limit: 2 })).items), ['ada', 'checkout']);
    await fails(client.queryEntities({ query: { kind: { $like: 'x' } } }), 400, 'InputError', /at \$\.kind\.\$like/);
  },

  async queryEntitiesByPredicate() {
    const { items } = await client.queryEntitiesByPredicate({ query: { 'metadata.name': { $hasPrefix: 'web' } } });
    assert.deepEqual(names(items), ['website']);
  },

  async streamEntities() {
    for (const request of [{ pageSize: 2 }, { pageSize: 2, query: { kind: { $exists: true } } }]) {
      const pages = [];
      for await (const page of client.streamEntities(request)) pages.push(page);
      assert.equal(pages.length, 3);
      assert.deepEqual(sorted(pages.flat()), ['Orders', 'ada', 'all', 'checkout', 'orders', 'website']);
    }
  },

  async getEntityByRef() {
    const entity = await client.getEntityByRef('Component:default/orders');
    assert.equal(entity.metadata.name, 'Orders');
    assert.equal(entity.spec.replicas, 3);
    assert.deepEqual(entity.relations, [
      { type: 'ownedBy', targetRef: 'group:default/checkout' },
      { type: 'providesApi', targetRef: 'api:default/orders' },
    ]);
    assert.equal(await client.getEntityByRef('component:default/nothing'), undefined);
  },

  async getEntityByName() {
    assert.equal((await client.getEntityByName({ kind: 'user', name: 'ada' })).metadata.name, 'ada');
  },

  async getEntityAncestors() {
    const { rootEntityRef, items } = await client.getEntityAncestors({ entityRef: 'component:default/website' });
    assert.equal(rootEntityRef, 'component:default/website');
    assert.deepEqual(items.map(i => [i.entity.metadata.name, i.parentEntityRefs]), [['website', ['location:default/all']], ['all', []]]);
    await fails(client.getEntityAncestors({ entityRef: 'component:default/nothing' }), 404, 'NotFoundError', /No such entity/);
  },

  async getEntityFacets() {
    const { facets } = await client.getEntityFacets({ facets: ['kind', 'metadata.tags'], filter: { kind: 'component' } });
    assert.deepEqual(facets, {
      kind: [{ value: 'Component', count: 2 }],
      'metadata.tags': [{ value: 'go', count: 1 }, { value: 'java', count: 1 }, { value: 'ts', count: 1 }],
    });
    const byQuery = await client.getEntityFacets({ facets: ['kind'], query: { kind: 'component' }, filter: orders });
    assert.deepEqual(byQuery.facets, { kind: [{ value: 'Component', count: 1 }] });
  },

  async getEntityFacetsByPredicate() {
    const { facets } = await client.getEntityFacetsByPredicate({ facets: ['spec.type'], query: { kind: 'api' } });
    assert.deepEqual(facets, { 'spec.type': [{ value: 'openapi', count: 1 }] });
  },

  async validateEntity() {
    const entity = { apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'a' }, spec: { type: 'service', lifecycle: 'x', owner: 'o' } };
    const where = 'url:https://example.com/catalog-info.yaml';
    assert.deepEqual(await client.validateEntity(entity, where), { valid: true });
    const { valid, errors } = await client.validateEntity({ ...entity, metadata: { name: 'not a name' } }, where);
    assert.equal(valid, false);
    assert.match(errors[0].message, /"metadata.name" is not valid/);
    assert.equal((await client.validateEntity(entity, 'somewhere')).valid, false);
  },

  async analyzeLocation() {
    const { existingEntityFiles, generateEntities } = await client.analyzeLocation({ location: { type: 'url', target: file } });
    assert.deepEqual(existingEntityFiles.map(f => [f.location, f.isRegistered, f.entity.metadata.name]), [[{ type: 'url', target: file }, false, 'remote']]);
    assert.deepEqual(generateEntities, []);
    await fails(client.analyzeLocation({ location: { type: 'url', target: 'nowhere' } }), 400, 'InputError', /not a URL/);
  },

  async addLocation() {
    const dry = await client.addLocation({ target: file, dryRun: true });
    assert.equal(dry.exists, false);
    assert.equal(dry.location.target, file);
    assert.deepEqual(names(dry.entities), ['remote']);
    assert.equal(await client.getEntityByRef('component:default/remote'), undefined);

    const { location, entities } = await client.addLocation({ target: file });
    assert.equal(location.type, 'url');
    assert.equal(location.target, file);
    assert.match(location.entityRef, /^location:default\/generated-[0-9a-f]{40}$/);
    assert.deepEqual(entities, []);
    assert.equal((await client.getEntityByRef('component:default/remote')).spec.owner, 'checkout');
    assert.equal((await client.addLocation({ target: file, dryRun: true })).exists, true);
    await fails(client.addLocation({ target: file }), 409, 'ConflictError', /already exists/);
    assert.equal((await client.addLocation({ target: file, onConflict: 'refresh' })).location.id, location.id);
  },

  async getLocations() {
    const { items } = await client.getLocations();
    assert.deepEqual(items.map(l => l.type), ['file', 'url']);
  },

  async getLocationByRef() {
    assert.equal((await client.getLocationByRef(`url:${file}`)).target, file);
    assert.equal(await client.getLocationByRef('url:https://example.com/nothing'), undefined);
  },

  async getLocationById() {
    const { id } = await client.getLocationByRef(`url:${file}`);
    assert.equal((await client.getLocationById(id)).target, file);
    assert.equal(await client.getLocationById('nothing'), undefined);
  },

  async getLocationByEntity() {
    assert.equal((await client.getLocationByEntity('component:default/remote')).target, file);
    assert.equal(await client.getLocationByEntity('component:default/nothing'), undefined);
  },

  async queryLocations() {
    const { items, totalItems } = await client.queryLocations({ query: { type: 'url' } });
    assert.deepEqual([items[0].target, items.length, totalItems], [file, 1, 1]);
  },

  async streamLocations() {
    const pages = [];
    for await (const page of client.streamLocations({ limit: 1 })) pages.push(page);
    assert.deepEqual(pages.map(p => p.length), [1, 1]);
  },

  async refreshEntity() {
    await client.refreshEntity('component:default/remote');
    await fails(client.refreshEntity('component:default/nothing'), 404, 'NotFoundError', /nothing/);
  },

  async updateLocation() {
    const { id } = await client.getLocationByRef(`url:${file}`);
    assert.equal((await client.updateLocation(id, { target: otherFile })).id, id);
    assert.equal((await client.getLocationById(id)).target, otherFile);
    assert.equal((await client.getEntityByRef('component:default/elsewhere')).metadata.name, 'elsewhere');
  },

  async removeEntityByUid() {
    const { metadata } = await client.getEntityByRef('component:default/elsewhere');
    await client.removeEntityByUid(metadata.uid);
    assert.equal(await client.getEntityByRef('component:default/elsewhere'), undefined);
    await client.removeEntityByUid(metadata.uid);
  },

  async removeLocationById() {
    const { id } = await client.getLocationByRef(`url:${otherFile}`);
    await client.removeLocationById(id);
    assert.equal((await client.getLocations()).items.length, 1);
    await fails(client.removeLocationById(id), 404, 'NotFoundError', /no location with ID/);
  },
};

// Methods that only send requests of others.
const inner = ['constructor', 'requestIgnored', 'requestRequired', 'requestOptional', 'getFilterValue'];

let wrong = 0;
for (const [name, check] of Object.entries(checks)) {
  try {
    await check();
    assert.ok(called.has(name), `${name} was not called`);
    console.log(`ok ${name}`);
  } catch (error) {
    wrong++;
    console.log(`WRONG ${name}: ${error.stack}${error.cause ? `\n${JSON.stringify(error.cause)}` : ''}`);
  }
}
for (const name of Object.getOwnPropertyNames(CatalogClient.prototype)) {
  if (!inner.includes(name) && !called.has(name)) {
    wrong++;
    console.log(`WRONG ${name} is a method that nothing here calls`);
  }
}
process.exit(wrong > 0 ? 1 : 0);
