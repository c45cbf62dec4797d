// A provider verification as teams write it with Pact for JavaScript: it fetches
// pacts from a broker, asks a running provider, and publishes the results. It
// prints whether all pacts that count were kept, and the states it set up.
//
//   node provider.mjs '{"pactBrokerUrl": …, "providerBaseUrl": …, …}'
import { Verifier } from '@pact-foundation/pact';

const options = JSON.parse(process.argv[2]);
const states = [];
const verifier = new Verifier({
  provider: 'js-api',
  publishVerificationResult: true,
  logLevel: 'warn',
  stateHandlers: {
    'a product exists': async parameters => {
      states.push(`a product exists ${JSON.stringify(parameters)}`);
    },
  },
  // Providers behind authentication are asked with a header that no pact has.
  requestFilter: (request, _response, next) => {
    request.headers.authorization = 'Bearer of-the-provider';
    next();
  },
  ...options,
});

let kept = true;
let why = '';
try {
  await verifier.verifyProvider();
} catch (error) {
  kept = false;
  why = String(error);
}
process.stdout.write(`\nRESULT ${JSON.stringify({ kept, why, states })}\n`, () => process.exit(0));
