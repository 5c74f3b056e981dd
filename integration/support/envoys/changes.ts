/** What an Envoy has changed of its configuration so far. */
import type { EnvoyAdmin } from './envoy-admin.js';

/** The counters of changes in an Envoy, not of attempts. */
const CHANGES = [
  /^cluster_manager\.cluster_(added|modified|removed)$/,
  /^listener_manager\.listener_(added|modified|removed|create_success)$/,
  /\.rds\..*\.config_reload$/,
];

/** The counters of changes of clusters, listeners and routes, by name. Endpoints are not among them. */
export async function changesIn(admin: EnvoyAdmin): Promise<Readonly<Record<string, number>>> {
  const all = await admin.stats(/(cluster_manager|listener_manager|config_reload)/);
  return Object.fromEntries([...all].filter(([name]) => CHANGES.some((change) => change.test(name))));
}
