// A consumer test as teams write it with Pact for JavaScript: it asks a mock
// provider, and leaves the pact in a folder.
//
//   node consumer.mjs FOLDER PATH
import assert from 'node:assert/strict';
import { MatchersV3, PactV4, SpecificationVersion } from '@pact-foundation/pact';

const [dir, path] = process.argv.slice(2);
const pact = new PactV4({ consumer: 'js-web', provider: 'js-api', dir, spec: SpecificationVersion.SPECIFICATION_VERSION_V4, logLevel: 'warn' });

await pact
  .addInteraction()
  .given('a product exists', { sku: 'A1' })
  .uponReceiving('a request for a product')
  .withRequest('GET', path, builder => builder.headers({ Accept: 'application/json' }))
  .willRespondWith(200, builder => {
    builder.headers({ 'Content-Type': 'application/json' });
    builder.jsonBody({ sku: MatchersV3.string('A1'), stock: MatchersV3.integer(3) });
  })
  .executeTest(async server => {
    const response = await fetch(server.url + path, { headers: { Accept: 'application/json' } });
    assert.equal(response.status, 200);
    assert.equal((await response.json()).stock, 3);
  });
