import type { Bridge } from '../launchers/bridge.ts';
import type { Handlers } from './routes.ts';

/** What the hub does for the Prototype page: none of it in this process. */
export function bridgeHandlers(bridge: Bridge): Pick<Handlers, 'datasetMolecules' | 'parity'> {
  return {
    datasetMolecules: async ({ body }, reply) => {
      const bytes = await bridge.molecules(body);
      reply.type('application/octet-stream').header('cache-control', 'private, no-store').send(bytes);
      return undefined;
    },
    parity: ({ body }) => bridge.parity(body),
  };
}
